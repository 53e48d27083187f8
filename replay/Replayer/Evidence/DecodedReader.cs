using System.Buffers.Text;
using System.Text;
using Replay.Sql;

namespace Replay.Replayer;

/// <summary>
/// Reads what the plugin test_decoding writes, PostgreSQL 10 to 18 (contrib/test_decoding/test_decoding.c), message by message as pg_recvlogical puts them, one to a line; but values, names and
/// contents of messages may hold ends of lines. Of values as much is kept as <see cref="DecodedScratch.MaxBytes"/>.
/// </summary>
internal sealed class DecodedReader(DecodedBytes bytes)
{
    private const int MaxNames = 1 << 16;
    private const long NoTime = -1;

    private readonly DecodedScratch _word = new();
    private readonly Dictionary<ulong, string> _names = []; // by hash: few differ, and each is read for each row
    private bool _isLost; // until a transaction begins

    /// <summary>Of <see cref="DecodedItem.Begin"/> and <see cref="DecodedItem.Commit"/>: the transaction; 0 if it is not told.</summary>
    public uint Xid { get; private set; }

    /// <summary>Of <see cref="DecodedItem.Commit"/>: when, microseconds since 1970 by the server's clock; negative if it is not told.</summary>
    public long CommittedAt { get; private set; }

    /// <summary>Of <see cref="DecodedItem.Change"/>: what.</summary>
    public DecodedChange Change { get; } = new();

    /// <summary>Reads the next message that says something.</summary>
    public DecodedItem Read()
    {
        if (_isLost)
        {
            return Search();
        }

        DecodedItem item;
        do
        {
            item = Next();
        }
        while (item == DecodedItem.Other);
        if (item == DecodedItem.Damaged)
        {
            _isLost = true;
            SkipLine();
        }

        return item;
    }

    private DecodedItem Next() => Word() switch
    {
        "" when bytes.Peek() == DecodedBytes.End => DecodedItem.End,
        "BEGIN" => Begin(),
        "COMMIT" => Commit(),
        "PREPARE" or "ROLLBACK" => Quoted() ? DecodedItem.Abandon : Broken(),
        "table" => Table(),
        "message" => Message(),
        "opening" or "closing" or "streaming" or "committing" or "aborting" or "preparing" => SkipLine() ? DecodedItem.Other : DecodedItem.End, // streamed in parts: without rows
        _ => Broken(),
    };

    private DecodedItem Search()
    {
        do
        {
            if (Word() == "BEGIN" && Begin() is var item and not DecodedItem.Damaged)
            {
                _isLost = false;
                return item;
            }
        }
        while (SkipLine());
        return DecodedItem.End;
    }

    private bool SkipLine() => bytes.SkipTo((byte)'\n', null) && bytes.Take('\n');

    // Not as it must be; unless it only ends too early.
    private DecodedItem Broken() => bytes.Peek() == DecodedBytes.End ? DecodedItem.End : DecodedItem.Damaged;

    private string Word()
    {
        _word.Clear();
        _word.Begin();
        while (bytes.Peek() is var b && (char.IsAsciiLetter((char)b) || b == '-'))
        {
            _word.Add((byte)bytes.Next());
        }

        return Name(_word);
    }

    private DecodedItem Begin()
    {
        Xid = bytes.Take(' ') ? (uint)(Number() ?? 0) : 0;
        return EndOfLine() ? DecodedItem.Begin : Broken();
    }

    private DecodedItem Commit()
    {
        CommittedAt = NoTime;
        Xid = 0;
        if (!bytes.Take(' '))
        {
            return EndOfLine() ? DecodedItem.Commit : Broken();
        }

        if (bytes.Peek() == 'P')
        {
            return Quoted() ? DecodedItem.Other : Broken(); // COMMIT PREPARED: what it wrote is not told here
        }

        if (bytes.Peek() != '(')
        {
            Xid = (uint)(Number() ?? 0);
        }

        if (bytes.Take("(at "u8) || bytes.Take(" (at "u8))
        {
            _word.Clear();
            _word.Begin();
            if (!bytes.SkipTo((byte)')', _word) || !_word.TryEnd(out var start, out var length) || !DecodedTime.TryRead(_word.Bytes.Slice(start, length), out var at))
            {
                return Broken();
            }

            CommittedAt = at;
            bytes.Next();
            return bytes.Peek() == DecodedBytes.End || EndOfLine() ? DecodedItem.Commit : DecodedItem.Damaged;
        }

        return EndOfLine() ? DecodedItem.Commit : Broken();
    }

    // The rest of a line that has a literal in it.
    private bool Quoted()
    {
        while (bytes.Next() is var b and not DecodedBytes.End)
        {
            if (b == '\n')
            {
                return true;
            }

            if (b == '\'' && !(bytes.SkipTo((byte)'\'', null) && bytes.Take('\'')))
            {
                return false;
            }
        }

        return false;
    }

    // message: transactional: 1 prefix: P, sz: 5 content:bytes
    private DecodedItem Message()
    {
        var found = 0;
        var size = "sz: "u8;
        while (found < size.Length)
        {
            var b = bytes.Next();
            if (b == DecodedBytes.End)
            {
                return DecodedItem.End;
            }

            found = b == size[found] ? found + 1 : b == size[0] ? 1 : 0;
        }

        return Number() is { } length && bytes.Take(" content:"u8) && bytes.Skip(length) && EndOfLine() ? DecodedItem.Other : Broken();
    }

    private DecodedItem Table()
    {
        Change.Clear();
        do
        {
            if (!bytes.Take(' ') || Identifier() is not { } schema || !bytes.Take('.') || Identifier() is not { } name)
            {
                return Broken();
            }

            Change.Tables.Add((schema, name));
        }
        while (bytes.Take(','));
        if (!bytes.Take(": "u8))
        {
            return Broken();
        }

        DecodedOperation? operation = Word() switch
        {
            "INSERT" => DecodedOperation.Insert,
            "UPDATE" => DecodedOperation.Update,
            "DELETE" => DecodedOperation.Delete,
            "TRUNCATE" => DecodedOperation.Truncate,
            _ => null,
        };
        if (operation is not { } known || !bytes.Take(':') || (known != DecodedOperation.Truncate && Change.Tables.Count > 1))
        {
            return Broken();
        }

        Change.Operation = known;
        if (known == DecodedOperation.Truncate)
        {
            return SkipLine() ? DecodedItem.Change : DecodedItem.End;
        }

        var columns = known == DecodedOperation.Delete ? Change.Old : Change.New;
        while (bytes.Take(' '))
        {
            if (bytes.Peek() == '(')
            {
                if (!bytes.Take("(no-tuple-data)"u8))
                {
                    return Broken();
                }
            }
            else if (Identifier() is not { } name)
            {
                return Broken();
            }
            else if (bytes.Take('-'))
            {
                columns = name == "old" ? Change.Old : Change.New;
                if (!bytes.Take(name == "old" ? "key:"u8 : "tuple:"u8))
                {
                    return Broken();
                }
            }
            else if (!bytes.Take('[') || !Type() || !bytes.Take(':') || !Value(name, columns))
            {
                return Broken();
            }
        }

        return EndOfLine() ? DecodedItem.Change : Broken();
    }

    // As quote_identifier writes it; null if there is none.
    private string? Identifier()
    {
        _word.Clear();
        _word.Begin();
        if (bytes.Take('"'))
        {
            do
            {
                if (!bytes.SkipTo((byte)'"', _word))
                {
                    return null;
                }

                bytes.Next();
                if (bytes.Peek() == '"')
                {
                    _word.Add((byte)'"');
                }
            }
            while (bytes.Take('"'));
            return Name(_word);
        }

        while (bytes.Peek() is var b && (char.IsAsciiLetterOrDigit((char)b) || b == '_' || b >= 0x80))
        {
            _word.Add((byte)bytes.Next());
        }

        return Name(_word) is { Length: > 0 } name ? name : null;
    }

    private string Name(DecodedScratch of)
    {
        of.TryEnd(out var start, out var length);
        var name = of.Bytes.Slice(start, length);
        var hash = Hash128.Of(name, 0).Low;
        if (!_names.TryGetValue(hash, out var found))
        {
            if (_names.Count == MaxNames)
            {
                _names.Clear();
            }

            _names.Add(hash, found = Encoding.UTF8.GetString(name));
        }

        return found;
    }

    // A type's name after its first bracket, through its last: integer[], s."a]b".
    private bool Type()
    {
        for (var open = 1; open > 0;)
        {
            switch (bytes.Next())
            {
                case '"':
                    if (!bytes.SkipTo((byte)'"', null))
                    {
                        return false;
                    }

                    bytes.Next();
                    break;
                case '[':
                    open++;
                    break;
                case ']':
                    open--;
                    break;
                case DecodedBytes.End or '\n':
                    return false;
            }
        }

        return true;
    }

    private bool Value(string name, List<DecodedColumn> columns)
    {
        var scratch = Change.Scratch;
        scratch.Begin();
        bytes.Take('B'); // before the digits of bits
        if (bytes.Take('\''))
        {
            do
            {
                if (!bytes.SkipTo((byte)'\'', scratch))
                {
                    return false;
                }

                bytes.Next();
                if (bytes.Peek() == '\'')
                {
                    scratch.Add((byte)'\'');
                }
            }
            while (bytes.Take('\''));
            columns.Add(scratch.TryEnd(out var start, out var length) ? new DecodedColumn(name, DecodedValue.Text, start, length) : new DecodedColumn(name, DecodedValue.Unknown, 0, 0));
            return bytes.Peek() is ' ' or '\n' or '\r';
        }

        while (bytes.Peek() is not (' ' or '\n' or '\r' or DecodedBytes.End))
        {
            scratch.Add((byte)bytes.Next());
        }

        var isWhole = scratch.TryEnd(out var from, out var count);
        var text = scratch.Bytes.Slice(from, count);
        columns.Add(text.SequenceEqual("null"u8) ? new DecodedColumn(name, DecodedValue.Null, 0, 0)
            : !isWhole || text.SequenceEqual("unchanged-toast-datum"u8) ? new DecodedColumn(name, DecodedValue.Unknown, 0, 0)
            : new DecodedColumn(name, DecodedValue.Text, from, count));
        return count > 0 && bytes.Peek() != DecodedBytes.End;
    }

    private long? Number()
    {
        _word.Clear();
        _word.Begin();
        while (char.IsAsciiDigit((char)bytes.Peek()))
        {
            _word.Add((byte)bytes.Next());
        }

        return _word.TryEnd(out var start, out var length) && Utf8Parser.TryParse(_word.Bytes.Slice(start, length), out long number, out _) ? number : null;
    }

    private bool EndOfLine()
    {
        bytes.Take('\r');
        return bytes.Take('\n');
    }
}
