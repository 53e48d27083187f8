using System.Text;

namespace Replay.Comparator.Tests;

internal static class Written
{
    /// <summary>What a report's writer writes.</summary>
    public static string Text(Comparison comparison, Action<Comparison, Stream> write)
    {
        using var stream = new MemoryStream();
        write(comparison, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
