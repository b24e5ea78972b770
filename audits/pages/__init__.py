"""What pages show, read and put into words; views only hand it on."""
