using System.Globalization;

namespace Replay.Replayer;

/// <summary>
/// Progress of long work on standard error: a bar with lines below it on a terminal, one line every 10 s elsewhere, nothing if quiet. Any thread.
/// </summary>
public sealed class Progress
{
    private const int BarWidth = 30;
    private const int LeastWidth = 40;
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly TextWriter _error;
    private readonly TimeProvider _clock;
    private readonly bool _quiet;
    private readonly bool _isTerminal;
    private readonly string _label;
    private readonly Func<int> _width;
    private long _shownAt;
    private int _linesShown;

    /// <summary>Progress to <paramref name="error"/>.</summary>
    /// <param name="error">Where to.</param>
    /// <param name="quiet">Whether nothing is shown.</param>
    /// <param name="isTerminal">Whether lines can be taken back.</param>
    /// <param name="clock">Says when it is time again.</param>
    /// <param name="label">Who says it, where another process writes to the same terminal: then there is no bar, which the two would take from each other; null: this is the only one.</param>
    /// <param name="width">How wide the terminal is; a longer line cannot be taken back, so it is folded.</param>
    public Progress(TextWriter error, bool quiet, bool isTerminal, TimeProvider clock, string? label = null, Func<int>? width = null)
    {
        _error = error;
        _quiet = quiet;
        _isTerminal = isTerminal && label is null;
        _clock = clock;
        _label = label is null ? "" : $"{label}: ";
        _width = width ?? (static () => 120);
        _shownAt = clock.GetTimestamp();
    }

    /// <summary>Says one thing, whatever was shown last; nothing if quiet.</summary>
    public void Say(string line)
    {
        if (!_quiet)
        {
            Write($"{_label}{line}");
        }
    }

    /// <summary>Says what the user must know even if quiet.</summary>
    public void Warn(string line) => Write($"{_label}warning: {line}");

    /// <summary>Shows how far it is, if it is time to: <paramref name="share"/> from 0 to 1.</summary>
    public void Show(double share, Func<string> text) => Show(share, () => [text()]);

    /// <summary>The same with several lines, the first beside the bar; where there is no bar they are one line.</summary>
    public void Show(double share, Func<IReadOnlyList<string>> lines)
    {
        if (_quiet)
        {
            return;
        }

        lock (_lock)
        {
            if (_clock.GetElapsedTime(_shownAt) < (_isTerminal ? BarEvery : LineEvery))
            {
                return;
            }

            _shownAt = _clock.GetTimestamp();
            var texts = lines();
            var percent = (share * 100).ToString("0.0", CultureInfo.InvariantCulture);
            if (!_isTerminal)
            {
                _error.WriteLine($"{_label}{percent} %  {string.Join("; ", texts)}");
                return;
            }

            TakeBack();
            var filled = (int)(Math.Clamp(share, 0, 1) * BarWidth);
            var width = Math.Max(LeastWidth, _width() - 1);
            var shown = texts.Select((text, i) => i == 0 ? $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {percent} %  {text}" : $"  {text}").SelectMany(line => Fold(line, width)).ToList();
            _error.Write(string.Join('\n', shown));
            _linesShown = shown.Count;
        }
    }

    /// <summary>Takes the bar away.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            TakeBack();
        }
    }

    private void Write(string line)
    {
        lock (_lock)
        {
            TakeBack();
            _error.WriteLine(line);
        }
    }

    private void TakeBack()
    {
        if (_linesShown > 0)
        {
            _error.Write(_linesShown == 1 ? "\r\u001b[J" : string.Create(CultureInfo.InvariantCulture, $"\r\u001b[{_linesShown - 1}A\u001b[J"));
            _linesShown = 0;
        }
    }

    // Behind a comma or semicolon; what has none in the width is cut.
    private static IEnumerable<string> Fold(string line, int width)
    {
        while (line.Length > width)
        {
            var at = Math.Max(line.LastIndexOf(", ", width - 1, StringComparison.Ordinal), line.LastIndexOf("; ", width - 1, StringComparison.Ordinal));
            if (at <= 0)
            {
                line = line[..width];
                break;
            }

            yield return line[..(at + 1)];
            line = $"    {line[(at + 2)..]}";
        }

        yield return line;
    }
}
