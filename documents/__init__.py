"""ON PAPER: workbooks and sheets."""
