namespace Replay.Agent.Hosting;

/// <summary>
/// What the user is told on standard error: messages at once, progress as a line that overwrites itself on a terminal and every 10 s elsewhere.
/// Any thread may call it.
/// </summary>
internal sealed class Reporter
{
    private const long TerminalMilliseconds = 250;
    private const long ElsewhereMilliseconds = 10_000;

    private readonly Lock _lock = new();
    private readonly TextWriter _error;
    private readonly bool _quiet;
    private readonly bool _isTerminal;
    private long _nextProgress;
    private int _shown;

    public Reporter(bool quiet)
        : this(Console.Error, quiet, !Console.IsErrorRedirected)
    {
    }

    public Reporter(TextWriter error, bool quiet, bool isTerminal)
    {
        (_error, _quiet, _isTerminal) = (error, quiet, isTerminal);
        _nextProgress = Environment.TickCount64 + (isTerminal ? TerminalMilliseconds : ElsewhereMilliseconds);
    }

    /// <summary>Whether a progress line would be shown now; making it costs something.</summary>
    public bool WantsProgress => !_quiet && Environment.TickCount64 >= _nextProgress;

    /// <summary>A message that <c>--quiet</c> silences.</summary>
    public void Say(string message)
    {
        if (!_quiet)
        {
            Write(message);
        }
    }

    /// <summary>A message that nothing silences: what makes the capture worth less, and what failed.</summary>
    public void Warn(string message) => Write("dbcapture: " + message);

    /// <summary>Shows how far it is; call it when <see cref="WantsProgress"/>. <paramref name="share"/> is 0 to 1, or null if the end is not known.</summary>
    public void Progress(double? share, string text)
    {
        lock (_lock)
        {
            _nextProgress = Environment.TickCount64 + (_isTerminal ? TerminalMilliseconds : ElsewhereMilliseconds);
            if (!_isTerminal)
            {
                _error.WriteLine(share is { } s ? $"{s,4:P0}  {text}" : text);
                return;
            }

            var line = share is { } done ? $"{Bar(done)} {done,4:P0}  {text}" : text;
            _error.Write("\r" + line.PadRight(_shown));
            _shown = line.Length;
        }
    }

    /// <summary>Takes the progress line away.</summary>
    public void EndProgress()
    {
        lock (_lock)
        {
            Clear();
            _error.Flush();
        }
    }

    private static string Bar(double share)
    {
        const int Width = 24;
        var full = (int)Math.Round(Math.Clamp(share, 0, 1) * Width);
        return $"[{new string('#', full)}{new string('.', Width - full)}]";
    }

    private void Write(string message)
    {
        lock (_lock)
        {
            Clear();
            _error.WriteLine(message);
        }
    }

    private void Clear()
    {
        if (_shown > 0)
        {
            _error.Write("\r" + new string(' ', _shown) + "\r");
            _shown = 0;
        }
    }
}
