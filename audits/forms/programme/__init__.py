"""The forms of the programme's settings: every number and switch with its plain words and its limits, part by part."""
