// Modes, owners and flock(2) are what is tested.
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
