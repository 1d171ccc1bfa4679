"""Rules about departments, component grades, movement and time at risk. None of them stores or requests anything."""
