using System.Globalization;

namespace Replay.Replayer;

/// <summary>Progress of long work on standard error: a bar on a terminal, a line every 10 s elsewhere, nothing if quiet.</summary>
public sealed class Progress
{
    private const int BarWidth = 30;
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(500);

    private readonly TextWriter _error;
    private readonly TimeProvider _clock;
    private readonly bool _quiet;
    private readonly bool _isTerminal;
    private long _shownAt;
    private bool _barShown;

    /// <summary>Progress to <paramref name="error"/>.</summary>
    public Progress(TextWriter error, bool quiet, bool isTerminal, TimeProvider clock)
    {
        _error = error;
        _quiet = quiet;
        _isTerminal = isTerminal;
        _clock = clock;
        _shownAt = clock.GetTimestamp();
    }

    /// <summary>Says one thing, whatever was shown last; nothing if quiet.</summary>
    public void Say(string line)
    {
        if (_quiet)
        {
            return;
        }

        Clear();
        _error.WriteLine(line);
    }

    /// <summary>Says what the user must know even if quiet.</summary>
    public void Warn(string line)
    {
        Clear();
        _error.WriteLine($"warning: {line}");
    }

    /// <summary>Shows how far it is, if it is time to: <paramref name="share"/> from 0 to 1.</summary>
    public void Show(double share, Func<string> text)
    {
        if (_quiet || _clock.GetElapsedTime(_shownAt) < (_isTerminal ? BarEvery : LineEvery))
        {
            return;
        }

        _shownAt = _clock.GetTimestamp();
        var percent = (share * 100).ToString("0.0", CultureInfo.InvariantCulture);
        if (!_isTerminal)
        {
            _error.WriteLine($"{percent} %  {text()}");
            return;
        }

        var filled = (int)(Math.Clamp(share, 0, 1) * BarWidth);
        _error.Write($"\r[{new string('#', filled)}{new string('.', BarWidth - filled)}] {percent} %  {text()}\u001b[K");
        _barShown = true;
    }

    /// <summary>Takes the bar away.</summary>
    public void Clear()
    {
        if (_barShown)
        {
            _error.Write("\r\u001b[K");
            _barShown = false;
        }
    }
}
