namespace Replay.Replayer;

/// <summary>Takes what may be tokens in a request.</summary>
internal interface ITokenVisitor
{
    /// <summary>A candidate; several may overlap.</summary>
    void Found(int start, int length, TokenForm form, UInt128 key);
}

/// <summary>Finds tokens in requests, whatever the protocol: nothing else looks like them. Most bytes are not looked at.</summary>
internal static class TokenFinder
{
    /// <summary>Gives all candidates in <paramref name="bytes"/>; <paramref name="isBinary"/> says that parameters with their lengths may be among them.</summary>
    public static void Find<T>(ReadOnlySpan<byte> bytes, bool isBinary, ref T visitor)
        where T : struct, ITokenVisitor
    {
        const int Step = ServerToken.MinLength;
        var floor = 0;
        for (var i = Step - 1; i < bytes.Length; i += Step)
        {
            if (!ServerToken.IsTokenByte(bytes[i]))
            {
                continue;
            }

            int start = i, end = i + 1;
            while (start > floor && ServerToken.IsTokenByte(bytes[start - 1]))
            {
                start--;
            }

            while (end < bytes.Length && ServerToken.IsTokenByte(bytes[end]))
            {
                end++;
            }

            if (end - start >= Step)
            {
                Run(bytes, start, end, isBinary, ref visitor);
            }

            floor = i = end;
        }

        for (var at = 0; isBinary && at < bytes.Length - ServerToken.RawLength; at++)
        {
            var next = bytes[at..].IndexOf((byte)ServerToken.RawLength);
            if (next < 0 || (at += next) >= bytes.Length - ServerToken.RawLength)
            {
                break;
            }

            if (ServerToken.Read(bytes.Slice(at + 1, ServerToken.RawLength), out var key) is TokenForm.Raw and var form)
            {
                visitor.Found(at + 1, ServerToken.RawLength, form, key);
            }
        }
    }

    private static void Run<T>(ReadOnlySpan<byte> bytes, int start, int end, bool isBinary, ref T visitor)
        where T : struct, ITokenVisitor
    {
        for (var i = start; i <= end - ServerToken.UuidLength; i++)
        {
            if (bytes[i + 8] == '-' && ServerToken.TryUuid(bytes.Slice(i, ServerToken.UuidLength), out var key))
            {
                visitor.Found(i, ServerToken.UuidLength, TokenForm.Uuid, key);
                i += ServerToken.UuidLength - 1;
            }
        }

        Whole(bytes, start, end - start, ref visitor);
        // 0x4D7953.. in MySQL, \x4d7953.. in PostgreSQL
        var prefix = bytes[start] == '0' && (bytes[start + 1] | 0x20) == 'x' ? 2 : (bytes[start] | 0x20) == 'x' ? 1 : 0;
        if (prefix > 0 && end - start - prefix == ServerToken.HexLength)
        {
            Whole(bytes, start + prefix, ServerToken.HexLength, ref visitor);
        }

        if (!isBinary)
        {
            return;
        }

        // Lengths that look like characters of the token before or after them.
        if (start > 0 && bytes[start - 1] is >= ServerToken.MinLength and var before && before < end - start)
        {
            Whole(bytes, start, before, ref visitor);
        }

        for (var at = start; at < end && bytes[at] < end - at;)
        {
            Whole(bytes, at + 1, bytes[at], ref visitor);
            at += 1 + bytes[at];
        }
    }

    private static void Whole<T>(ReadOnlySpan<byte> bytes, int start, int length, ref T visitor)
        where T : struct, ITokenVisitor
    {
        var form = ServerToken.Read(bytes.Slice(start, length), out var key);
        if (form is TokenForm.Text or TokenForm.Hex)
        {
            visitor.Found(start, length, form, key);
        }
    }
}
