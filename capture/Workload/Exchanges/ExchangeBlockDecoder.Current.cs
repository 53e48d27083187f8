namespace Replay.Workload;

/// <summary>The part that puts an exchange together from what was read.</summary>
internal sealed partial class ExchangeBlockDecoder
{
    /// <summary>The exchange read last; its spans are valid until the next call of <see cref="Read"/>.</summary>
    public Exchange Current()
    {
        ref var state = ref _profiles[_profile];
        ref readonly var profile = ref state.Profile;
        ref readonly var session = ref _sessions[_session];
        var request = parts == ExchangeParts.All ? WholeRequest(ref state) : default;
        return new Exchange
        {
            Session = session.Number,
            Ordinal = session.Ordinal,
            Command = profile.Command,
            Flags = (ExchangeFlags)profile.Flags,
            TransactionState = profile.TransactionState,
            Batch = profile.Batch == StepMode.None ? -1 : session.Batch,
            RequestedAtMicroseconds = _requested,
            StartedAtMicroseconds = _started,
            FirstByteAtMicroseconds = _firstByte,
            EndedAtMicroseconds = _ended,
            Request = request,
            Text = parts == ExchangeParts.All ? Text(ref state, request) : default,
            TextOffset = profile.TextOffset,
            ParameterTypes = Referred(profile.ParameterTypes, _parameterTypesApart),
            StatementHandle = parts == ExchangeParts.All ? HandleOf(in profile, request) : -1,
            Shape = profile.Shape,
            Rows = _rows,
            Affected = _affected,
            Warnings = _warnings,
            InsertId = _insertId,
            ErrorCode = Referred(profile.ErrorCode, _errorCodeApart),
            ErrorMessage = profile.ErrorMessage == BytesMode.Difference ? state.ErrorMessage.Last : default,
            Columns = Referred(profile.Columns, _columnsApart),
            SetHash = _setHash,
            SequenceHash = _sequenceHash,
            NormalSetHash = _normalSetHash,
            NormalSequenceHash = _normalSequenceHash,
            ColumnHashes = _columnHashes.AsSpan(0, parts == ExchangeParts.All ? profile.ColumnHashes : 0),
            Values = Values(ref state),
            ResponseBytes = _responseBytes,
        };
    }

    private ReadOnlySpan<byte> Values(ref ProfileState state) => state.Profile.Values switch
    {
        BytesMode.Table => texts[state.ValuesId],
        BytesMode.Difference => state.Values.Last,
        _ => default,
    };

    private ReadOnlySpan<byte> Referred(int reference, (int Offset, int Length) apart) => reference switch
    {
        ExchangeProfile.NoText => default,
        ExchangeProfile.InBlock => _apart.Slice(apart.Offset, apart.Length),
        _ => texts[reference],
    };

    // Puts back what the encoder left out: the length field and the text.
    private ReadOnlySpan<byte> WholeRequest(ref ProfileState state)
    {
        ref readonly var profile = ref state.Profile;
        var stripped = state.Request.Last;
        if (profile.Framing == FramingMode.None && profile.Text != TextMode.CutOut)
        {
            return stripped;
        }

        _request.Clear();
        var (from, to) = RequestFraming.LengthField(profile.Framing);
        _request.Write(Part(stripped, 0, from));
        _request.Reserve(to - from)[..(to - from)].Clear();
        _request.Advance(to - from);
        if (profile.Text == TextMode.CutOut)
        {
            var before = profile.TextOffset - to;
            _request.Write(Part(stripped, from, before));
            _request.Write(texts[state.TextId]);
            _request.Write(Part(stripped, from + before, stripped.Length - from - before));
        }
        else
        {
            _request.Write(Part(stripped, from, stripped.Length - from));
        }

        var whole = _request.Slice(0, _request.Length);
        if (whole.Length < RequestFraming.MinBytes(profile.Framing))
        {
            PayloadReader.Malformed();
        }

        RequestFraming.WriteLength(whole, profile.Framing);
        return whole;
    }

    private ReadOnlySpan<byte> Text(ref ProfileState state, ReadOnlySpan<byte> request) => state.Profile.Text switch
    {
        TextMode.InRequest => Part(request, state.Profile.TextOffset, request.Length - _requestTail - state.Profile.TextOffset),
        TextMode.CutOut or TextMode.Apart => texts[state.TextId],
        TextMode.ApartInBlock => _apart.Slice(_textApart.Offset, _textApart.Length),
        _ => default,
    };

    private long HandleOf(in ExchangeProfile profile, ReadOnlySpan<byte> request)
    {
        if (profile.Handle != HandleMode.InRequest)
        {
            return _handle;
        }

        if (!RequestFraming.TryReadHandle(request, out var handle))
        {
            PayloadReader.Malformed();
        }

        return handle;
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> bytes, int offset, int length)
    {
        if (offset < 0 || length < 0 || (long)offset + length > bytes.Length)
        {
            PayloadReader.Malformed();
        }

        return bytes.Slice(offset, length);
    }
}
