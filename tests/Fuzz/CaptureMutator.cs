using System.Buffers.Binary;

namespace Replay.Fuzz;

/// <summary>Damages a pcap file in the ways that files and networks do; the same seed does the same damage.</summary>
internal sealed class CaptureMutator(int seed)
{
    private const int FileHeader = 24;
    private const int RecordHeader = 16;
    private const int MaxDamages = 12;
    private static readonly byte[] Interesting = [0x00, 0x01, 0x7F, 0x80, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF];

    private readonly Random _random = new(seed);

    /// <summary>A damaged copy.</summary>
    public byte[] Mutate(byte[] capture)
    {
        var records = Records(capture);
        var file = new List<byte>(capture);
        if (records.Count > 2 && _random.Next(2) == 0)
        {
            file = [.. capture.AsSpan(0, FileHeader), .. Rearranged(records).SelectMany(r => capture[r])];
        }

        for (var damages = _random.Next(MaxDamages + 1); damages > 0 && file.Count > FileHeader; damages--)
        {
            Damage(file);
        }

        return [.. file];
    }

    /// <summary>Where each packet's record lies, as far as the file can be read.</summary>
    private static List<Range> Records(byte[] capture)
    {
        var records = new List<Range>();
        if (capture.Length < FileHeader || BinaryPrimitives.ReadUInt32LittleEndian(capture) is not (0xA1B2C3D4 or 0xA1B23C4D))
        {
            return records;
        }

        for (var at = FileHeader; at + RecordHeader <= capture.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(capture.AsSpan(at + 8));
            if (length > capture.Length - at - RecordHeader)
            {
                break;
            }

            var next = at + RecordHeader + (int)length;
            records.Add(at..next);
            at = next;
        }

        return records;
    }

    /// <summary>Packets lost, twice, and out of order.</summary>
    private IEnumerable<Range> Rearranged(List<Range> records)
    {
        for (var i = 0; i < records.Count; i++)
        {
            switch (_random.Next(40))
            {
                case 0:
                    break;
                case 1:
                    yield return records[i];
                    yield return records[_random.Next(i + 1)];
                    break;
                case 2 when i + 1 < records.Count:
                    yield return records[i + 1];
                    yield return records[i];
                    i++;
                    break;
                default:
                    yield return records[i];
                    break;
            }
        }
    }

    private void Damage(List<byte> file)
    {
        // The file's own header is left alone: a file that is none is refused at once, which other tests hold.
        var at = _random.Next(FileHeader, file.Count);
        var length = Math.Min(_random.Next(1, 64), file.Count - at);
        switch (_random.Next(7))
        {
            case 0:
                file[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                file[at] = Interesting[_random.Next(Interesting.Length)];
                break;
            case 2:
                for (var i = 0; i < Math.Min(4, length); i++)
                {
                    file[at + i] = Interesting[_random.Next(Interesting.Length)];
                }

                break;
            case 3:
                file.RemoveRange(at, length);
                break;
            case 4:
                file.InsertRange(at, file.GetRange(at, length));
                break;
            case 5:
                var bytes = new byte[length];
                _random.NextBytes(bytes);
                file.InsertRange(at, bytes);
                break;
            default:
                file.RemoveRange(at, file.Count - at);
                break;
        }
    }
}
