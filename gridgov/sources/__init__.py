"""Files and feeds as published, turned into our frames, guided by a mapping."""
