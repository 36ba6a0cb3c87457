"""Where bytes come from: folders, streams and git. Each source yields `Blob` and says what it skipped."""
