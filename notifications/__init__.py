"""SAYING IT: wording, digests and channels."""
