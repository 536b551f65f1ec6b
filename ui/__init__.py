"""What the operator sees: Qt Widgets over the services; the only room that imports PySide6."""
