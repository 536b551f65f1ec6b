"""One file per thing an operator does, named by a verb, with one public function of that name."""
