package interpreter

// Current is the newest version of the machine that this build can run. An
// enrollment keeps the version that its start input names until its run is
// continued as new, so every change of the commands that a given list of
// occurrences produces needs a new number here and a branch on it in the code.
//
//	1  first version
const Current = 1

// Supported reports whether this build can run a machine of the given version.
func Supported(version int) bool { return version >= 1 && version <= Current }
