"""Reading what others send: lists of property managers, the directory, price lists."""
