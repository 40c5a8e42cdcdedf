# duban 督办：一个方案，一整年，件件有着落。  `make help` 列出全部命令。
#
# The venv is made from the hash-pinned locks and is made again only when a lock or pyproject.toml changes.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# -qq leaves errors only. The lock is whole, so pip has nothing to resolve: --no-deps.
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

# A venv is of use when its Python is new enough and its scripts name this folder (a moved folder's do not).
USABLE := $(shell $(BIN)/python -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null \
	&& grep -qsF '$(CURDIR)/$(BIN)/python' $(BIN)/pip && echo yes)
REMAKE := $(if $(findstring True yes,$(USABLE)),,FORCE)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: FORCE bench clean demo help lint lock run test torture wheel

help:
	@echo '用法：make 命令 [ARGS="…"] [PYTHON=python3.12]'
	@echo ''
	@echo '  make run     安装并启动督办（日历、提醒、Prefect 页面），Ctrl-C 停止'
	@echo '  make demo    用示例单位走完一整年，消息写入文件，不对外发送'
	@echo '  make test    运行全部测试'
	@echo '  make lint    检查代码的写法与类型'
	@echo '  make bench   量一量速度，以倍数表示'
	@echo '  make torture 反复强行结束程序和数据库，看有没有丢失、重复和谎报（约一小时半）'
	@echo '  make lock    重写依赖锁定文件（加 ARGS=--upgrade 则升级）'
	@echo '  make wheel   在 dist/ 中生成安装包'
	@echo '  make clean   删除生成的文件（不动 .venv，不动任何数据）'

run: $(VENV)/.installed-run
	@$(BIN)/duban up $(ARGS)

demo: $(VENV)/.installed-run
	@$(BIN)/duban demo $(ARGS)

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/basedpyright

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m bench $(ARGS)

torture: $(VENV)/.installed-dev
	@$(BIN)/python -m bench kill $(ARGS)
	@$(BIN)/python -m bench crowd $(ARGS)
	@$(BIN)/python -m bench model $(ARGS)
	@$(BIN)/python -m bench server $(ARGS)

lock: $(VENV)/.installed-dev
	$(LOCK) $(ARGS) --group build --output-file requirements.lock pyproject.toml
	$(LOCK) $(ARGS) --group dev --constraints requirements.lock --output-file requirements-dev.lock pyproject.toml

# A build/ left by an earlier build would put deleted files into the wheel.
wheel: $(VENV)/.installed-dev
	@rm -rf build
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist .

clean:
	@rm -rf build dist duban.egg-info .pytest_cache .ruff_cache .hypothesis
	@find . -path ./$(VENV) -prune -o -path ./.git -prune -o -type d -name __pycache__ -print | xargs rm -rf

$(VENV)/.installed-run: requirements.lock pyproject.toml $(BIN)/python $(REMAKE)
	@echo '正在安装程序库（仅首次或依赖变化时需要）……'
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# The development lock holds the run lock, version for version, so one install serves both.
$(VENV)/.installed-dev: requirements-dev.lock requirements.lock pyproject.toml $(BIN)/python $(REMAKE)
	@echo '正在安装程序库与开发工具（仅首次或依赖变化时需要）……'
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@mkdir -p $(VENV)/typing && ln -sfn ../.. $(VENV)/typing/duban
	@touch $(VENV)/.installed-run $@

$(BIN)/python: $(REMAKE)
	@command -v '$(PYTHON)' >/dev/null || { \
		echo '找不到 $(PYTHON)。请安装 Python 3.11 或更高版本，或用 PYTHON=… 指明其位置。' >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "需要 Python 3.11 或更高版本，而 $(PYTHON) 是 $$('$(PYTHON)' -V 2>&1)。请用 PYTHON=… 指明较新的一个。" >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { \
		echo '$(PYTHON) 缺少 venv 模块。在 Debian、Ubuntu 上请先安装：apt install python3-venv' >&2; exit 1; }
	@'$(PYTHON)' -m venv --clear $(VENV)
