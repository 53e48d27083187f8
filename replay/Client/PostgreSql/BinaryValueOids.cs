using System.Buffers.Binary;

namespace Replay.Client.PostgreSql;

/// <summary>
/// The OIDs inside binary values: an array names its elements' type, a composite that of each field. A value is known by its structure, which must
/// fit to the last byte; enums, domains and scalars of user-defined types hold none.
/// </summary>
internal static class BinaryValueOids
{
    private const uint Unknown = 0;
    private const uint Record = 2249;
    private const uint RecordArray = 2287;
    private const int MaxDimensions = 6;

    // Composites within arrays within composites: deeper than this nobody nests.
    private const int MaxDepth = 16;

    /// <summary>Whether a value of this type can hold OIDs of user-defined types. Of a type that is not known, structure decides.</summary>
    public static bool MayHold(uint type) => type is Unknown or Record or RecordArray || type >= OidMap.FirstUserOid;

    /// <summary>Rewrites what is there; a value without OIDs stays as it is.</summary>
    public static void Rewrite(Span<byte> value, OidMap oids) => Rewrite(value, oids, 0);

    private static void Rewrite(Span<byte> value, OidMap oids, int depth)
    {
        if (depth > MaxDepth)
        {
            return;
        }

        if (IsArray(value, out var elements))
        {
            RewriteOid(value[8..], oids);
            RewriteElements(value[elements..], oids, depth, hasTypes: false);
        }
        else if (IsComposite(value))
        {
            RewriteElements(value[4..], oids, depth, hasTypes: true);
        }
    }

    private static void RewriteOid(Span<byte> oid, OidMap oids) =>
        BinaryPrimitives.WriteUInt32BigEndian(oid, oids.Map(BinaryPrimitives.ReadUInt32BigEndian(oid)));

    private static void RewriteElements(Span<byte> bytes, OidMap oids, int depth, bool hasTypes)
    {
        while (!bytes.IsEmpty)
        {
            var type = Unknown;
            if (hasTypes)
            {
                type = BinaryPrimitives.ReadUInt32BigEndian(bytes);
                RewriteOid(bytes, oids);
                bytes = bytes[4..];
            }

            var length = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(bytes));
            if (MayHold(type))
            {
                Rewrite(bytes.Slice(4, length), oids, depth + 1);
            }

            bytes = bytes[(4 + length)..];
        }
    }

    /// <summary>Dimensions, flags, element type; length and lower bound of each dimension; elements.</summary>
    private static bool IsArray(ReadOnlySpan<byte> value, out int elements)
    {
        elements = 0;
        if (value.Length < 12)
        {
            return false;
        }

        var dimensions = BinaryPrimitives.ReadInt32BigEndian(value);
        var flags = BinaryPrimitives.ReadInt32BigEndian(value[4..]);
        if (dimensions is < 0 or > MaxDimensions || flags is not (0 or 1) || value.Length < 12 + (8 * dimensions))
        {
            return false;
        }

        var count = dimensions == 0 ? 0L : 1L;
        for (var i = 0; i < dimensions; i++)
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(value[(12 + (8 * i))..]);
            if (size < 0 || (count *= size) > value.Length)
            {
                return false;
            }
        }

        elements = 12 + (8 * dimensions);
        return IsRun(value[elements..], count, bytesBeforeLength: 0);
    }

    /// <summary>Number of fields; type, length and bytes of each.</summary>
    private static bool IsComposite(ReadOnlySpan<byte> value)
    {
        if (value.Length < 4)
        {
            return false;
        }

        var fields = BinaryPrimitives.ReadInt32BigEndian(value);
        return fields >= 0 && fields <= value.Length / 8 && IsRun(value[4..], fields, bytesBeforeLength: 4);
    }

    private static bool IsRun(ReadOnlySpan<byte> bytes, long count, int bytesBeforeLength)
    {
        for (; count > 0; count--)
        {
            if (bytes.Length < bytesBeforeLength + 4)
            {
                return false;
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(bytes[bytesBeforeLength..]);
            bytes = bytes[(bytesBeforeLength + 4)..];
            if (length < -1 || length > bytes.Length)
            {
                return false;
            }

            bytes = bytes[Math.Max(0, length)..];
        }

        return bytes.IsEmpty;
    }
}
