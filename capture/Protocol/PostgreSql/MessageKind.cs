namespace Replay.Protocol.PostgreSql;

/// <summary>A row of the tables of message types: what a header must look like to be believed.</summary>
/// <param name="Type">The first byte.</param>
/// <param name="Name">The manual's name.</param>
/// <param name="MinLength">The least that the length field can say (it counts itself, not the type).</param>
/// <param name="MaxLength">The most that it can say.</param>
public readonly record struct MessageKind(byte Type, string Name, int MinLength, int MaxLength)
{
    /// <summary>The server takes no message of more than 1 GB (<c>PQ_LARGE_MESSAGE_LIMIT</c>); nor does this codec believe in one.</summary>
    public const int LargestLength = 0x3FFFFFFF;

    /// <summary>Bytes of type and length.</summary>
    public const int HeaderBytes = 5;

    /// <summary>Whether a length field can say <paramref name="length"/>.</summary>
    public bool CanHave(int length) => length >= MinLength && length <= MaxLength;

    internal static MessageKind[] Table(params ReadOnlySpan<MessageKind> kinds)
    {
        // What is no message's type can have no length.
        var table = new MessageKind[256];
        Array.Fill(table, new MessageKind(0, "", int.MaxValue, int.MinValue));
        foreach (var kind in kinds)
        {
            table[kind.Type] = kind;
        }

        return table;
    }
}
