using System.Globalization;

namespace Replay.Replayer;

/// <summary>
/// How long this process's threads stood ready to run and had no processor, by <see href="https://docs.kernel.org/scheduler/sched-stats.html">/proc/self/task/N/schedstat</see>: what a busy host takes from
/// the replayer, exactly.
/// </summary>
public sealed class ProcessorWaits
{
    private readonly Dictionary<string, long> _before = Read();

    /// <summary>Since this was made, of the threads that are still there; null where the system does not tell.</summary>
    public TimeSpan? Since()
    {
        var now = Read();
        return now.Count == 0 ? null : TimeSpan.FromMicroseconds(now.Sum(t => t.Value - _before.GetValueOrDefault(t.Key)) / 1000);
    }

    /// <summary>Nanoseconds in line for a processor, the second of the file's numbers; null if it has another form.</summary>
    public static long? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(' ') is [_, var waited, _] && long.TryParse(waited, NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds) ? nanoseconds : null;
    }

    private static Dictionary<string, long> Read()
    {
        const string Tasks = "/proc/self/task";
        var waits = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var task in Directory.Exists(Tasks) ? Directory.GetDirectories(Tasks) : [])
        {
            try
            {
                if (Parse(File.ReadAllText(Path.Combine(task, "schedstat"))) is { } nanoseconds)
                {
                    waits[task] = nanoseconds;
                }
            }
            catch (IOException)
            {
                // The thread is gone, or the kernel keeps no such figures.
            }
        }

        return waits;
    }
}
