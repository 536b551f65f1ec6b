"""How particular things are spoken to: readers, chips, layouts, keys, printers, clocks."""
