"""One file a step, named by its revision; a step that has been released is never changed."""
