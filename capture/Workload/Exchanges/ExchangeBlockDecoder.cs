using System.Runtime.InteropServices;

namespace Replay.Workload;

/// <summary>
/// Reads the payload of a block of exchanges, one exchange at a time; the mirror of <see cref="ExchangeBlockEncoder"/>. Throws
/// <see cref="MalformedBlockException"/> where the payload does not fit the format.
/// </summary>
internal sealed partial class ExchangeBlockDecoder(TextStore texts, ExchangeParts parts)
{
    // A column list, a list of parameter types or a code that the full table refused.
    private readonly ByteBuffer _apart = new();
    private readonly ByteBuffer _forms = new();
    private readonly ByteBuffer _request = new();
    private readonly PayloadReader[] _streams = new PayloadReader[(int)ExchangeStream.Count];
    private ProfileState[] _profiles = new ProfileState[64];
    private SessionState[] _sessions = new SessionState[64];
    private uint[] _columnHashes = [];
    private int _profileCount;
    private int _sessionCount;
    private int _profile;
    private int _session;
    private long _ended;
    private long _started;
    private long _firstByte;
    private long _requested;
    private long _rows;
    private long _affected;
    private int _warnings;
    private long _handle;
    private ulong _insertId;
    private ulong _setHash;
    private ulong _sequenceHash;
    private uint _normalSetHash;
    private uint _normalSequenceHash;
    private long _responseBytes;
    private int _requestTail;
    private (int Offset, int Length) _textApart;
    private (int Offset, int Length) _parameterTypesApart;
    private (int Offset, int Length) _columnsApart;
    private (int Offset, int Length) _errorCodeApart;

    /// <summary>Exchanges of the block that have not been read.</summary>
    public int Remaining { get; private set; }

    /// <summary>Begins a block.</summary>
    public void Begin(BlockBuffer block, int count)
    {
        Remaining = 0;
        _profileCount = 0;
        _sessionCount = 0;
        _ended = 0;
        var reader = new PayloadReader(block.Bytes, 0, block.Length);
        if (reader.ReadVarInt() != (ulong)count)
        {
            PayloadReader.Malformed();
        }

        Span<int> lengths = stackalloc int[(int)ExchangeStream.Count];
        long total = 0;
        foreach (ref var length in lengths)
        {
            length = reader.ReadLength();
            total += length;
        }

        if (total > block.Length)
        {
            PayloadReader.Malformed();
        }

        var at = block.Length - (int)total;
        for (var i = 0; i < lengths.Length; i++)
        {
            _streams[i] = new PayloadReader(block.Bytes, at, lengths[i]);
            at += lengths[i];
        }

        Remaining = count;
    }

    /// <summary>Reads the next exchange; <see cref="Current"/> is it then.</summary>
    public void Read()
    {
        Remaining--;
        _apart.Clear();
        ReadProfileAndSession();
        ref var state = ref _profiles[_profile];
        ReadTimes(in state.Profile);
        ReadRequest(ref state);
        ReadValues(ref state);
        ReadNumbers(ref state);
        FollowNormalHashes(ref state);
    }

    private ref PayloadReader Stream(ExchangeStream stream) => ref _streams[(int)stream];

    private void ReadProfileAndSession()
    {
        var profile = Stream(ExchangeStream.ProfileNumbers).ReadVarInt();
        if (profile >= (ulong)_profileCount)
        {
            if (profile != (ulong)_profileCount || profile >= ExchangeBlockEncoder.MaxProfiles)
            {
                PayloadReader.Malformed();
            }

            if (_profileCount == _profiles.Length)
            {
                Array.Resize(ref _profiles, _profileCount * 2);
            }

            var read = ExchangeProfile.Read(ref Stream(ExchangeStream.Profiles));
            read.Validate();
            _profiles[_profileCount++].Reset(read);
        }

        var session = Stream(ExchangeStream.SessionNumbers).ReadVarInt();
        if (session >= (ulong)_sessionCount)
        {
            if (session != (ulong)_sessionCount)
            {
                PayloadReader.Malformed();
            }

            if (_sessionCount == _sessions.Length)
            {
                Array.Resize(ref _sessions, _sessionCount * 2);
            }

            ref var source = ref Stream(ExchangeStream.Sessions);
            var before = _sessionCount == 0 ? 0 : _sessions[_sessionCount - 1].Number;
            _sessions[_sessionCount++] = new SessionState { Number = unchecked(before + source.ReadInt32()), Ordinal = source.ReadInt32(), Batch = source.ReadInt32() };
        }

        _profile = (int)profile;
        _session = (int)session;
    }

    private void ReadTimes(in ExchangeProfile profile)
    {
        unchecked
        {
            _ended += Stream(ExchangeStream.Ends).ReadSigned();
            _started = _ended - Stream(ExchangeStream.Latencies).ReadSigned();
            _firstByte = profile.FirstByte switch
            {
                FirstByteMode.AtEnd => _ended,
                FirstByteMode.AtStart => _started,
                _ => _ended - Stream(ExchangeStream.FirstBytes).ReadSigned(),
            };
            _requested = profile.WasQueued ? _started - Stream(ExchangeStream.Queued).ReadSigned() : _started;
        }
    }

    private void ReadRequest(ref ProfileState state)
    {
        ref readonly var profile = ref state.Profile;
        if (profile.Text is TextMode.CutOut or TextMode.Apart)
        {
            state.TextId = unchecked(state.TextId + Stream(ExchangeStream.TextIds).ReadInt32());
        }
        else if (profile.Text == TextMode.ApartInBlock)
        {
            _textApart = ReadApart();
        }

        if (parts == ExchangeParts.All)
        {
            state.Request.Read(ref Stream(ExchangeStream.RequestLengths), ref Stream(ExchangeStream.RequestBytes));
        }

        _requestTail = profile.TextTail;
        if (profile.Text == TextMode.InRequest && profile.TextTail < 0)
        {
            state.TextTail = unchecked(state.TextTail + Stream(ExchangeStream.Numbers).ReadSigned());
            _requestTail = (int)state.TextTail;
        }
    }

    private void ReadValues(ref ProfileState state)
    {
        ref readonly var profile = ref state.Profile;
        if (profile.Values == BytesMode.Table)
        {
            state.ValuesId = unchecked(state.ValuesId + Stream(ExchangeStream.TextIds).ReadInt32());
        }
        else if (profile.Values == BytesMode.Difference)
        {
            state.Values.Read(ref Stream(ExchangeStream.ValueLengths), ref Stream(ExchangeStream.ValueBytes));
        }

        _setHash = 0;
        _sequenceHash = 0;
        if (profile.Hash == HashMode.FromValues)
        {
            if (!RowHasher.TryHashSingleRow(Values(ref state), out _setHash))
            {
                PayloadReader.Malformed();
            }
        }
        else if (profile.Hash != HashMode.Zero)
        {
            _setHash = Stream(ExchangeStream.Hashes).ReadUInt64();
        }

        if (profile.Hash != HashMode.Zero)
        {
            _sequenceHash = profile.Hash == HashMode.Both ? Stream(ExchangeStream.Hashes).ReadUInt64() : RowHasher.ChainRow(0, _setHash);
        }

        (_normalSetHash, _normalSequenceHash) = ((uint)_setHash, (uint)_sequenceHash);
        if (profile.HasNormalHashes)
        {
            _normalSetHash = Stream(ExchangeStream.Hashes).ReadUInt32();
            _normalSequenceHash = Stream(ExchangeStream.Hashes).ReadUInt32();
        }

        if (profile.ColumnHashes > 0 && parts == ExchangeParts.All)
        {
            ReadColumnHashes(profile.ColumnHashes);
        }
    }

    // The columns are read by now, which lie behind the values.
    private void FollowNormalHashes(ref ProfileState state)
    {
        ref readonly var profile = ref state.Profile;
        if ((profile.Flags & (int)ExchangeFlags.OtherForm) == 0 || profile.HasNormalHashes || profile.Hash != HashMode.FromValues)
        {
            return;
        }

        _forms.Clear();
        ColumnForms.Append(_forms, CommandNames.EngineOf(profile.Command), Referred(profile.Columns, _columnsApart));
        if (!RowHasher.TryHashSingleRow(Values(ref state), _forms.Written, out var set))
        {
            PayloadReader.Malformed();
        }

        (_normalSetHash, _normalSequenceHash) = ((uint)set, (uint)RowHasher.ChainRow(0, set));
    }

    private void ReadColumnHashes(int count)
    {
        ref var source = ref Stream(ExchangeStream.ColumnHashes);
        var bytes = source.ReadBytes(count <= int.MaxValue / 4 ? count * 4 : -1);
        if (_columnHashes.Length < count)
        {
            _columnHashes = new uint[count * 2];
        }

        MemoryMarshal.Cast<byte, uint>(bytes).CopyTo(_columnHashes);
    }

    private void ReadNumbers(ref ProfileState state)
    {
        ref readonly var profile = ref state.Profile;
        ref var session = ref _sessions[_session];
        ref var numbers = ref Stream(ExchangeStream.Numbers);
        unchecked
        {
            session.Ordinal += ReadStep(profile.Ordinal, ref numbers);
            session.Batch += ReadStep(profile.Batch, ref numbers);
            _rows = ReadCount(ref numbers, profile.Rows, ref state.Rows);
            _affected = ReadCount(ref numbers, profile.Affected, ref state.Affected);
            _warnings = (int)ReadCount(ref numbers, profile.Warnings, ref state.Warnings);
            _handle = profile.Handle == HandleMode.InStream ? ReadCount(ref numbers, ExchangeProfile.InStream, ref state.Handle) : -1;
            if (profile.HasInsertId)
            {
                state.InsertId += (ulong)numbers.ReadSigned();
            }

            _insertId = profile.HasInsertId ? state.InsertId : 0;
            state.ResponseBytes += Stream(ExchangeStream.ResponseLengths).ReadSigned();
            _responseBytes = state.ResponseBytes;
        }

        _parameterTypesApart = ReadIfApart(profile.ParameterTypes);
        _columnsApart = ReadIfApart(profile.Columns);
        _errorCodeApart = ReadIfApart(profile.ErrorCode);
        if (profile.ErrorMessage == BytesMode.Difference && parts == ExchangeParts.All)
        {
            state.ErrorMessage.Read(ref Stream(ExchangeStream.MessageLengths), ref Stream(ExchangeStream.MessageBytes));
        }
    }

    private static int ReadStep(StepMode mode, ref PayloadReader numbers) => mode switch
    {
        StepMode.Next => 1,
        StepMode.InStream => numbers.ReadInt32(),
        _ => 0,
    };

    private static long ReadCount(ref PayloadReader numbers, sbyte small, ref long last)
    {
        if (small != ExchangeProfile.InStream)
        {
            return small;
        }

        last = unchecked(last + numbers.ReadSigned());
        return last;
    }

    private (int Offset, int Length) ReadIfApart(int reference) => reference == ExchangeProfile.InBlock ? ReadApart() : default;

    private (int Offset, int Length) ReadApart()
    {
        var bytes = Stream(ExchangeStream.Bytes).ReadBlob();
        var place = (_apart.Length, bytes.Length);
        _apart.Write(bytes);
        return place;
    }
}
