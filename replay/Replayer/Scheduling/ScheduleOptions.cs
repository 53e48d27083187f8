using System.Globalization;

namespace Replay.Replayer;

/// <summary>What an exchange's due time is counted from.</summary>
public enum ScheduleMode
{
    /// <summary>The run's start: each has its place on one clock, so what is late does not move what comes after it.</summary>
    Absolute,

    /// <summary>The response before it in its session, in this run: the client thinks as long as it did. A slow server is asked less, as by clients that wait.</summary>
    ThinkTime,
}

/// <summary>How captured moments become due times, apart from speed.</summary>
public sealed record ScheduleOptions
{
    /// <summary>The captured schedule as it is.</summary>
    public static ScheduleOptions Plain { get; } = new();

    /// <summary>What due times are counted from.</summary>
    public ScheduleMode Mode { get; init; }

    /// <summary>By what the time from the schedule's beginning to a session's connect is multiplied.</summary>
    public double ConnectScale { get; init; } = 1;

    /// <summary>By what the time between a response and the session's next request is multiplied.</summary>
    public double ThinkScale { get; init; } = 1;

    /// <summary>To what longer stretches are shortened in which nothing is due and nothing was on the wire, run clock; null: they are kept.</summary>
    public TimeSpan? IdleSkip { get; init; }

    /// <summary>How much of the schedule's beginning is not compared, workload clock.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>Whether a due time follows from the captured moment alone, for all sessions in the same way.</summary>
    public bool IsOfMoments => Mode == ScheduleMode.Absolute && ConnectScale == 1 && ThinkScale == 1;

    /// <summary>Whether due times are those of <see cref="Plain"/>; a warm-up changes none.</summary>
    public bool HasPlainTimes => IsOfMoments && IdleSkip is null;

    /// <summary>As manifests and messages have it: <c>absolute</c>, <c>think-time, think time 50 %</c>.</summary>
    public override string ToString()
    {
        List<string> words = [Mode == ScheduleMode.Absolute ? "absolute" : "think-time"];
        Add(ConnectScale != 1, $"connect time {ConnectScale * 100:0.###} %");
        Add(ThinkScale != 1, $"think time {ThinkScale * 100:0.###} %");
        Add(IdleSkip is not null, $"idle at most {IdleSkip?.TotalSeconds:0.###} s");
        Add(WarmUp > TimeSpan.Zero, $"warm-up {WarmUp.TotalSeconds:0.###} s");
        return string.Join(", ", words);

        void Add(bool isSet, FormattableString word)
        {
            if (isSet)
            {
                words.Add(word.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Reads <c>50%</c> or <c>0.5</c>; a <see cref="CommandException"/> that names <paramref name="option"/> if it is neither, or over 10,000 %.</summary>
    public static double ParseScale(string text, string option)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isPercent = text.EndsWith('%');
        return double.TryParse(isPercent ? text[..^1].TrimEnd() : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number / (isPercent ? 100 : 1) <= 100
            ? number / (isPercent ? 100 : 1)
            : throw new CommandException($"{option} {text}: expected a share of the captured time like 50%, 0% or 200%");
    }
}
