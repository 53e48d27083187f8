namespace Replay.Workload;

/// <summary>A statement shape as the workload's table of shapes keeps it.</summary>
/// <param name="Number">Its place in the table, from 0.</param>
/// <param name="Engine">Whose dialect it is.</param>
/// <param name="FingerprintHigh">Upper half of the 128-bit fingerprint.</param>
/// <param name="FingerprintLow">Lower half of the 128-bit fingerprint.</param>
/// <param name="Text">The normalised text; no literals.</param>
/// <param name="Class">The statement's class, as <c>Replay.Sql</c> names it (<c>read</c>, <c>write</c>, <c>transaction</c>, <c>session</c>, ...).</param>
public sealed record Shape(int Number, Engine Engine, ulong FingerprintHigh, ulong FingerprintLow, string Text, string Class)
{
    /// <summary>The fingerprint in 32 hexadecimal digits.</summary>
    public string Hex => $"{FingerprintHigh:x16}{FingerprintLow:x16}";
}
