namespace Replay.Workload;

/// <summary>
/// Durations in 16 bits on a logarithmic scale from 1 us to 1 h: neighbouring codes differ by 0.034 %. Code 0 is none, or zero
/// (anything under half a microsecond). <c>Encode(Decode(code)) == code</c> for each code.
/// </summary>
public static class LogCode
{
    /// <summary>The longest duration; longer ones are kept as this: one hour in microseconds.</summary>
    public const double MaxMicroseconds = 3_600_000_000;

    // Codes 1 to 65,535 split ln(1) to ln(1 h) evenly.
    private const int Steps = ushort.MaxValue - 1;

    private static readonly double StepsPerLog = Steps / Math.Log(MaxMicroseconds);

    /// <summary>The nearest code; 0 for less than 0.5 us, negative and NaN, the last code for more than an hour.</summary>
    public static ushort Encode(double microseconds)
    {
        if (!(microseconds >= 0.5))
        {
            return 0;
        }

        if (microseconds <= 1)
        {
            return 1;
        }

        return microseconds >= MaxMicroseconds ? ushort.MaxValue : (ushort)(1.5 + (Math.Log(microseconds) * StepsPerLog));
    }

    /// <summary>Microseconds of a code, within 0.017 % of what was encoded; 0 for code 0.</summary>
    public static double Decode(ushort code) => code == 0 ? 0 : Math.Exp((code - 1) / StepsPerLog);
}
