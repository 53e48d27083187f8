using System.Diagnostics;

namespace Replay.Comparator;

/// <summary>Progress on standard error: a bar on a terminal, elsewhere a line every 10 s.</summary>
internal sealed class ProgressLine : IDisposable
{
    private const int BarWidth = 40;
    private static readonly TimeSpan TerminalInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private readonly string _what;
    private readonly long _all;
    private readonly bool _isQuiet;
    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private readonly Lock _lock = new();
    private long _shownAt = Stopwatch.GetTimestamp();
    private bool _hasBar;

    public ProgressLine(string what, long all, bool isQuiet)
    {
        _what = what;
        _all = Math.Max(all, 1);
        _isQuiet = isQuiet;
    }

    /// <summary>Tells how much is done; from any thread, as often as one likes.</summary>
    public void Report(long done)
    {
        if (_isQuiet || Stopwatch.GetElapsedTime(Volatile.Read(ref _shownAt)) < (_isTerminal ? TerminalInterval : LineInterval))
        {
            return;
        }

        lock (_lock)
        {
            _shownAt = Stopwatch.GetTimestamp();
            var share = Math.Min(1, (double)done / _all);
            if (_isTerminal)
            {
                var filled = (int)(share * BarWidth);
                Console.Error.Write($"\r{_what} [{new string('#', filled)}{new string('.', BarWidth - filled)}] {share:P0}");
                _hasBar = true;
            }
            else
            {
                Console.Error.WriteLine($"{_what}: {done:N0} of {_all:N0} ({share:P0})");
            }
        }
    }

    public void Dispose()
    {
        if (_hasBar)
        {
            Console.Error.Write($"\r{new string(' ', _what.Length + BarWidth + 10)}\r");
        }
    }
}
