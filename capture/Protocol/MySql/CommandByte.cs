using Replay.Workload;

namespace Replay.Protocol.MySql;

/// <summary>
/// What is known of each command by its first byte.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html"/>.
/// </summary>
internal static class CommandByte
{
    /// <summary>MariaDB: COM_STMT_BULK_EXECUTE.</summary>
    public const byte BulkExecute = 0xFA;

    /// <summary>COM_CLONE: the connection speaks another protocol from then on.</summary>
    public const byte Clone = 32;

    private const byte Last = 33;

    /// <summary>The command; <see cref="Command.MySqlOther"/> for a byte without a name.</summary>
    public static Command ToCommand(byte value) => value switch
    {
        BulkExecute => Command.MySqlStatementBulkExecute,
        > 0 and <= 31 when Enum.IsDefined((Command)(64 + value)) => (Command)(64 + value),
        _ => Command.MySqlOther,
    };

    /// <summary>Whether the server answers nothing.</summary>
    public static bool HasNoResponse(Command command) =>
        command is Command.MySqlQuit or Command.MySqlStatementClose or Command.MySqlStatementSendLongData;

    /// <summary>Whether the payload begins with a statement's number.</summary>
    public static bool NamesStatement(Command command) => command is
        Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute or Command.MySqlStatementFetch or
        Command.MySqlStatementClose or Command.MySqlStatementReset or Command.MySqlStatementSendLongData;

    /// <summary>Whether the response belongs to the text of the statement that the command names.</summary>
    public static bool RunsStatement(Command command) => command is
        Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute or Command.MySqlStatementFetch;

    /// <summary>Whether bytes that begin a segment look like a command: what is searched for after a gap and in mid-stream.</summary>
    public static bool Begins(ReadOnlySpan<byte> segment)
    {
        if (segment.Length <= MySqlPacket.HeaderBytes || segment[3] != 0)
        {
            return false;
        }

        var length = segment[0] | (segment[1] << 8) | (segment[2] << 16);
        var command = segment[MySqlPacket.HeaderBytes];
        if (!HasPlausibleLength(command, length) || (command > Last && command != BulkExecute))
        {
            return false;
        }

        var rest = segment.Length - MySqlPacket.HeaderBytes - length;
        return rest switch
        {
            0 => true,
            < 0 => HasText(command) ? IsText(segment) : command is 23 or 24 or BulkExecute, // goes on in the next segment
            _ => rest > MySqlPacket.HeaderBytes && segment[MySqlPacket.HeaderBytes + length + 3] == 0 && (!HasText(command) || IsText(segment)),
        };
    }

    private static bool HasText(byte command) => command is 3 or 22;

    /// <summary>The first bytes of a text, with or without an empty block of attributes, have no control characters.</summary>
    private static bool IsText(ReadOnlySpan<byte> segment)
    {
        var text = segment[(MySqlPacket.HeaderBytes + 1)..];
        text = text.Length > 2 && text[1] == 1 ? text[2..] : text;
        foreach (var b in text[..Math.Min(text.Length, 16)])
        {
            if (b < ' ' && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasPlausibleLength(byte command, int length) => command switch
    {
        1 or 9 or 10 or 13 or 14 or 31 => length == 1,
        7 => length == 2,
        8 => length <= 2,
        12 or 25 or 26 => length == 5,
        27 => length == 3,
        28 => length == 9,
        3 or 22 or 2 => length > 1,
        23 => length >= 10,
        24 or BulkExecute => length >= 7,
        _ => length >= 1,
    };
}
