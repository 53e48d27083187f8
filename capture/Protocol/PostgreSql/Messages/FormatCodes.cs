using System.Buffers.Binary;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>A list of format codes as Bind and FunctionCall carry it: none means text for all, one holds for all, else one each.</summary>
public readonly ref struct FormatCodes
{
    private readonly ReadOnlySpan<byte> _codes;

    /// <summary>A list over <paramref name="codes"/>, big-endian 16 bits each.</summary>
    public FormatCodes(ReadOnlySpan<byte> codes) => _codes = codes;

    /// <summary>The list's bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _codes;

    /// <summary>Whether value <paramref name="index"/> is in the binary format.</summary>
    public bool IsBinary(int index)
    {
        var count = _codes.Length / 2;
        if (count == 0)
        {
            return false;
        }

        var at = count == 1 ? 0 : index;
        return at < count && BinaryPrimitives.ReadInt16BigEndian(_codes[(2 * at)..]) == 1;
    }

    /// <summary>Reads count and codes.</summary>
    public static FormatCodes Read(scoped ref SpanReader reader)
    {
        int count = (ushort)reader.ReadInt16();
        return new FormatCodes(reader.ReadBytes(2 * count));
    }
}
