using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Replay.Workload;

/// <summary>The part that finds out which fields an exchange shares with others.</summary>
internal sealed partial class ExchangeBlockEncoder
{
    private static readonly ProfileState NoProfile = new() { TextId = -1, Profile = new ExchangeProfile { ParameterTypes = -1, Columns = -1, ErrorCode = -1 } };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ExchangeProfile Classify(in Exchange exchange, int guess, out int textId, out int valuesId)
    {
        ref readonly var likely = ref guess >= 0 ? ref _profiles[guess] : ref NoProfile;
        var text = PlaceText(in exchange, likely.TextId, out textId);
        var tail = text == TextMode.InRequest ? exchange.Request.Length - exchange.TextOffset - exchange.Text.Length : 0;
        var hash = PlaceHashes(in exchange);
        return new ExchangeProfile
        {
            Command = exchange.Command,
            Flags = (int)exchange.Flags,
            TransactionState = exchange.TransactionState,
            Text = text,
            TextOffset = exchange.TextOffset,
            TextTail = tail <= MaxSmallTail ? tail : -1,
            Framing = RequestFraming.Recognise(exchange.Request, text == TextMode.CutOut ? exchange.TextOffset : int.MaxValue),
            ParameterTypes = Reference(exchange.ParameterTypes, likely.Profile.ParameterTypes),
            Shape = exchange.Shape,
            Columns = Reference(exchange.Columns, likely.Profile.Columns),
            ErrorCode = Reference(exchange.ErrorCode, likely.Profile.ErrorCode),
            ErrorMessage = exchange.ErrorMessage.IsEmpty ? BytesMode.Empty : BytesMode.Difference,
            ColumnHashes = exchange.ColumnHashes.Length,
            Handle = PlaceHandle(in exchange),
            FirstByte = PlaceFirstByte(in exchange),
            WasQueued = exchange.StartedAtMicroseconds != exchange.RequestedAtMicroseconds,
            Hash = hash,
            Values = PlaceValues(in exchange, hash, out valuesId),
            Rows = ExchangeProfile.Small(exchange.Rows, MaxSmallRows),
            Affected = ExchangeProfile.Small(exchange.Affected, MaxSmallRows),
            Warnings = ExchangeProfile.Small(exchange.Warnings, MaxSmallRows),
            HasInsertId = exchange.InsertId != 0,
            HasNormalHashes = (exchange.Flags & ExchangeFlags.OtherForm) != 0 && !(hash == HashMode.FromValues && FollowNormalHashes(in exchange)),
        };
    }

    // Of a single row of the first result set: what the reader makes of values and columns.
    private bool FollowNormalHashes(in Exchange exchange)
    {
        _forms.Clear();
        ColumnForms.Append(_forms, CommandNames.EngineOf(exchange.Command), exchange.Columns);
        return RowHasher.TryHashSingleRow(exchange.Values, _forms.Written, out var set)
            && (uint)set == exchange.NormalSetHash && (uint)RowHasher.ChainRow(0, set) == exchange.NormalSequenceHash;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TextMode PlaceText(in Exchange exchange, int likely, out int id)
    {
        id = -1;
        var text = exchange.Text;
        if (text.IsEmpty)
        {
            return TextMode.None;
        }

        if (_texts.Is(text, likely))
        {
            id = likely;
        }
        else
        {
            _textHash = XxHash3.Hash64(text);
            id = _texts.Find(text, _textHash);
        }

        var inRequest = exchange.TextOffset >= 0
            && (long)exchange.TextOffset + text.Length <= exchange.Request.Length
            && exchange.Request.Slice(exchange.TextOffset, text.Length).SequenceEqual(text);
        if (inRequest)
        {
            return id >= 0 ? TextMode.CutOut : TextMode.InRequest;
        }

        // The text of a prepared statement, which has no place but the table.
        if (id < 0)
        {
            id = _texts.Add(text, _textHash);
        }

        return id >= 0 ? TextMode.Apart : TextMode.ApartInBlock;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Reference(ReadOnlySpan<byte> bytes, int likely)
    {
        if (bytes.IsEmpty)
        {
            return ExchangeProfile.NoText;
        }

        if (_texts.Is(bytes, likely))
        {
            return likely;
        }

        var id = _texts.FindOrAdd(bytes);
        return id >= 0 ? id : ExchangeProfile.InBlock;
    }

    private static HandleMode PlaceHandle(in Exchange exchange)
    {
        if (exchange.StatementHandle == -1)
        {
            return HandleMode.None;
        }

        return RequestFraming.TryReadHandle(exchange.Request, out var handle) && handle == exchange.StatementHandle ? HandleMode.InRequest : HandleMode.InStream;
    }

    private static FirstByteMode PlaceFirstByte(in Exchange exchange)
    {
        if (exchange.FirstByteAtMicroseconds == exchange.EndedAtMicroseconds)
        {
            return FirstByteMode.AtEnd;
        }

        return exchange.FirstByteAtMicroseconds == exchange.StartedAtMicroseconds ? FirstByteMode.AtStart : FirstByteMode.InStream;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static HashMode PlaceHashes(in Exchange exchange)
    {
        if (exchange.SetHash == 0 && exchange.SequenceHash == 0)
        {
            return HashMode.Zero;
        }

        if (exchange.SequenceHash != RowHasher.ChainRow(0, exchange.SetHash))
        {
            return HashMode.Both;
        }

        if (exchange.Rows != 1)
        {
            return HashMode.OneRow;
        }

        const ExchangeFlags WholeRow = ExchangeFlags.AllValues | ExchangeFlags.Hashed;
        if ((exchange.Flags & WholeRow) == WholeRow)
        {
            Debug.Assert(IsHashOf(exchange.Values, exchange.SetHash), "the flags say that the values are the row that was hashed");
            return HashMode.FromValues;
        }

        return IsHashOf(exchange.Values, exchange.SetHash) ? HashMode.FromValues : HashMode.OneRow;
    }

    private static bool IsHashOf(ReadOnlySpan<byte> values, ulong hash) => RowHasher.TryHashSingleRow(values, out var found) && found == hash;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private BytesMode PlaceValues(in Exchange exchange, HashMode hash, out int id)
    {
        id = -1;
        var values = exchange.Values;
        if (values.Length is < MinTableValueBytes or > MaxTableValueBytes)
        {
            _valuesHash = 0;
            return values.IsEmpty ? BytesMode.Empty : BytesMode.Difference;
        }

        _valuesHash = hash == HashMode.FromValues ? exchange.SetHash : XxHash3.Hash64(values);
        id = _texts.Find(values, _valuesHash);
        return id >= 0 ? BytesMode.Table : BytesMode.Difference;
    }

    private void WriteNumbers(in Exchange exchange, ref ProfileState state, ref SessionState session)
    {
        ref readonly var profile = ref state.Profile;
        var numbers = Stream(ExchangeStream.Numbers);
        unchecked
        {
            if (profile.Ordinal == StepMode.InStream)
            {
                numbers.WriteSigned((long)exchange.Ordinal - session.Ordinal);
            }

            if (profile.Batch == StepMode.InStream)
            {
                numbers.WriteSigned((long)exchange.Batch - session.Batch);
            }

            session.Ordinal = exchange.Ordinal;
            session.Batch = profile.Batch == StepMode.None ? session.Batch : exchange.Batch;

            WriteCount(numbers, profile.Rows, exchange.Rows, ref state.Rows);
            WriteCount(numbers, profile.Affected, exchange.Affected, ref state.Affected);
            WriteCount(numbers, profile.Warnings, exchange.Warnings, ref state.Warnings);
            WriteCount(numbers, profile.Handle == HandleMode.InStream ? ExchangeProfile.InStream : (sbyte)0, exchange.StatementHandle, ref state.Handle);
            if (profile.HasInsertId)
            {
                numbers.WriteSigned((long)(exchange.InsertId - state.InsertId));
                state.InsertId = exchange.InsertId;
            }

            Stream(ExchangeStream.ResponseLengths).WriteSigned(exchange.ResponseBytes - state.ResponseBytes);
            state.ResponseBytes = exchange.ResponseBytes;
        }

        WriteIfInBlock(profile.ParameterTypes, exchange.ParameterTypes);
        WriteIfInBlock(profile.Columns, exchange.Columns);
        WriteIfInBlock(profile.ErrorCode, exchange.ErrorCode);
        if (profile.ErrorMessage == BytesMode.Difference)
        {
            Bytes += state.ErrorMessage.Write(exchange.ErrorMessage, Stream(ExchangeStream.MessageLengths), Stream(ExchangeStream.MessageBytes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteCount(ByteBuffer numbers, sbyte small, long count, ref long last)
    {
        if (small == ExchangeProfile.InStream)
        {
            numbers.WriteSigned(unchecked(count - last));
            last = count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteIfInBlock(int reference, ReadOnlySpan<byte> bytes)
    {
        if (reference == ExchangeProfile.InBlock)
        {
            WriteBlob(bytes);
        }
    }

    private void WriteBlob(ReadOnlySpan<byte> bytes)
    {
        Stream(ExchangeStream.Bytes).WriteBlob(bytes);
        Bytes += bytes.Length;
    }
}
