"""Pages: declared (who may, which methods), asked or done, answered."""
