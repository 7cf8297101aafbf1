"""What a sensor said: readings, and the decoders that find them in messages.

Pure: no socket, no file, no clock. Time and bytes go in, readings come out.
"""
