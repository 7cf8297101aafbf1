"""The pages: server-rendered HTML with a little script, in Dutch and English."""
