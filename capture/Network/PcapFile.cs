using Replay.Network.Files;

namespace Replay.Network;

/// <summary>
/// Capture files: pcap (microseconds, nanoseconds, both byte orders) and pcapng, from a file, a pipe or standard input, of any size,
/// without seeking.
/// </summary>
public static class PcapFile
{
    /// <summary>The name that stands for standard input.</summary>
    public const string StandardInput = "-";

    private const int MagicLength = 4;

    /// <summary>Opens a file, or standard input for <c>-</c>.</summary>
    /// <exception cref="PcapFormatException">It cannot be read, or is no capture file.</exception>
    public static PacketSource Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open(path, new SourceCounters());
    }

    /// <summary>Opens a stream, which the source then owns.</summary>
    /// <param name="stream">Anything that can be read.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="PcapFormatException">It is no capture file.</exception>
    public static PacketSource Open(Stream stream, string name = "the capture")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Open(CaptureInput.FromStream(stream, name), new SourceCounters());
    }

    /// <summary>
    /// Opens several files as one capture. Regular files are read in the order of their first packets, as the shell's order of
    /// rotated files (<c>c.pcap10</c> before <c>c.pcap2</c>) is not that of time; with a pipe among them, in the order given.
    /// </summary>
    /// <param name="paths">At least one. All are looked into before the first packet is delivered.</param>
    /// <exception cref="PcapFormatException">One cannot be read, or is no capture file.</exception>
    public static PacketSource Open(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return paths.Count switch
        {
            0 => throw new ArgumentException("At least one file is needed.", nameof(paths)),
            1 => Open(paths[0]),
            _ => FileSequence.Open(paths),
        };
    }

    internal static PacketSource Open(string path, SourceCounters counters) => Open(
        string.Equals(path, StandardInput, StringComparison.Ordinal)
            ? CaptureInput.FromStandardInput()
            : CaptureInput.FromFile(path),
        counters);

    private static CaptureReader Open(CaptureInput input, SourceCounters counters)
    {
        try
        {
            if (!input.TryFill(MagicLength))
            {
                throw new PcapFormatException(NoCapture(input));
            }

            return PcapNgReader.IsPcapNg(input.Window) ? new PcapNgReader(input, counters)
                : PcapReader.IsPcap(input.Window) ? new PcapReader(input, counters)
                : throw new PcapFormatException(NoCapture(input));
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    private static string NoCapture(CaptureInput input)
    {
        var window = input.Window;
        if (input.Failure is { } failure)
        {
            return $"{input.Name} cannot be read: {failure}";
        }

        if (window.IsEmpty)
        {
            return $"{input.Name} is empty.";
        }

        bool isCompressed = window.StartsWith<byte>([0x1F, 0x8B]) || window.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD])
            || window.StartsWith("BZh"u8) || window.StartsWith<byte>([0xFD, 0x37, 0x7A, 0x58]);
        return isCompressed
            ? $"{input.Name} is compressed: unpack it, or pipe what unpacks it into standard input (-)."
            : $"{input.Name} is not a capture file: it begins neither like pcap nor like pcapng.";
    }
}
