using System.Buffers;

namespace Replay.Sql;

/// <summary>
/// The key=value pairs of one comment, as <see href="https://google.github.io/sqlcommenter/spec/">sqlcommenter</see> writes them
/// (<c>app='billing',traceparent='00-...'</c>), and the older <c>app:billing,...</c>. An enumerator over spans; a comment in plain words has none.
/// </summary>
public ref struct CommentTags
{
    private static readonly SearchValues<byte> NotInKeys = SearchValues.Create(" \t\r\n,'\""u8);

    private ReadOnlySpan<byte> _rest;

    /// <summary>The pairs in the inside of a comment.</summary>
    public CommentTags(ReadOnlySpan<byte> comment) => _rest = comment;

    /// <summary>The key, as written (URL-encoded where its writer did so).</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>The value without its quotes, as written.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The pair, as this enumerator's <see cref="Key"/> and <see cref="Value"/>.</summary>
    public readonly CommentTags Current => this;

    /// <summary>This enumerator.</summary>
    public readonly CommentTags GetEnumerator() => this;

    /// <summary>Goes to the next pair; false after the last one or where the comment stops to be pairs.</summary>
    public bool MoveNext()
    {
        _rest = _rest.TrimStart(" \t\r\n,"u8);
        var separator = _rest.IndexOfAny("=:"u8);
        if (separator <= 0)
        {
            return false;
        }

        Key = _rest[..separator].TrimEnd((byte)' ');
        if (Key.ContainsAny(NotInKeys))
        {
            return false;
        }

        var value = _rest[(separator + 1)..].TrimStart((byte)' ');
        if (value.IsEmpty || value[0] != '\'')
        {
            var end = value.IndexOf((byte)',');
            Value = (end < 0 ? value : value[..end]).Trim(" \t\r\n"u8);
            _rest = end < 0 ? default : value[end..];
            return true;
        }

        value = value[1..];
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\')
            {
                i++;
            }
            else if (value[i] == '\'')
            {
                Value = value[..i];
                _rest = value[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
