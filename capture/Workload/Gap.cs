namespace Replay.Workload;

/// <summary>Bytes that are known to be missing from one half of a session.</summary>
/// <param name="Session">The session's number.</param>
/// <param name="IsRequest">Whether the client's half is meant.</param>
/// <param name="AtMicroseconds">When the hole was noticed.</param>
/// <param name="Bytes">How many bytes, by sequence number; 0 if not known.</param>
public readonly record struct Gap(int Session, bool IsRequest, long AtMicroseconds, long Bytes);
