"""How particular things are spoken to: readers, chips, layouts, keys, printers; each fits a port."""
