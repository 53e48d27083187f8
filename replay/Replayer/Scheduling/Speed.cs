using System.Globalization;

namespace Replay.Replayer;

/// <summary>How fast a workload is played: a multiple of the recorded speed, or as fast as order within sessions allows.</summary>
/// <param name="Factor">1 is as recorded, 2 twice as fast; infinity is as fast as possible.</param>
public readonly record struct Speed(double Factor)
{
    /// <summary>As recorded.</summary>
    public static Speed Recorded { get; } = new(1);

    /// <summary>As fast as possible: nothing has a due time.</summary>
    public static Speed Max { get; } = new(double.PositiveInfinity);

    /// <summary>Whether exchanges have no due times.</summary>
    public bool IsMax => double.IsPositiveInfinity(Factor);

    /// <summary>Reads <c>1</c>, <c>0.5</c>, <c>2x</c> or <c>max</c>.</summary>
    /// <returns>False if it is none of them, or a factor outside 0.001 to 100,000.</returns>
    public static bool TryParse(string text, out Speed speed)
    {
        if (text is "max")
        {
            speed = Max;
            return true;
        }

        speed = default;
        var number = text.EndsWith('x') ? text[..^1] : text;
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) || factor is not (>= 0.001 and <= 100_000))
        {
            return false;
        }

        speed = new Speed(factor);
        return true;
    }

    /// <summary>As it can be parsed again.</summary>
    public override string ToString() => IsMax ? "max" : Factor.ToString("0.######", CultureInfo.InvariantCulture);
}
