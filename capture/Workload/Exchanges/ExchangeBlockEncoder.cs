using System.Runtime.CompilerServices;

namespace Replay.Workload;

/// <summary>Collects exchanges and lays them out as the payload of a block. No allocation per exchange after warm-up. FORMAT.md has the layout.</summary>
internal sealed partial class ExchangeBlockEncoder
{
    /// <summary>The most profiles in a block; bounds the memory of both sides.</summary>
    public const int MaxProfiles = 8192;

    // Counts up to this are told apart by the profile; larger ones vary too much for that.
    private const int MaxSmallRows = 4;
    private const int MaxSmallTail = 64;

    // Times, lengths, numbers of profile and session.
    private const int TypicalNumberBytes = 16;

    // Row values shorter than this are not worth a place in the table.
    private const int MinTableValueBytes = 32;
    private const int MaxTableValueBytes = 4096;

    // Values may fill at most this part of the table of texts: statements come first.
    private const int ValueShare = 2;

    // A text that differs from the one before by no more than this stays in its request: the difference is as short as an id.
    private const int CheapDifferenceBytes = 24;

    private readonly TextTable _texts;
    private readonly long _maxValueBytes;
    private readonly ByteBuffer[] _streams = [.. Enumerable.Range(0, (int)ExchangeStream.Count).Select(_ => new ByteBuffer())];
    private readonly ByteBuffer _stripped = new();
    private readonly ByteBuffer _forms = new();
    private readonly NumberMap<ExchangeProfile> _profileNumbers = new();
    private readonly NumberMap<int> _sessionNumbers = new();
    private ProfileState[] _profiles = new ProfileState[64];
    private SessionState[] _sessions = new SessionState[64];
    private BlockHeader _header;
    private ulong _textHash;
    private ulong _valuesHash;
    private long _valueBytes;
    private long _lastEnded;

    public ExchangeBlockEncoder(TextTable texts, int maxTextBytes)
    {
        _texts = texts;
        _maxValueBytes = maxTextBytes / ValueShare;
        Clear();
    }

    /// <summary>What the block's header will say of the exchanges collected.</summary>
    public BlockHeader Header => _header;

    public int Count => _header.Count;

    /// <summary>About how many bytes are collected: exact for fields of bytes, a typical size for the numbers.</summary>
    public long Bytes { get; private set; }

    public bool IsFull => _profileNumbers.Count >= MaxProfiles;

    public void Clear()
    {
        foreach (var stream in _streams)
        {
            stream.Clear();
        }

        _stripped.Clear();
        _profileNumbers.Clear();
        _sessionNumbers.Clear();
        _lastEnded = 0;
        Bytes = 0;
        _header = new BlockHeader { Kind = BlockKind.Exchanges, Low = long.MaxValue, High = long.MinValue, MinSession = int.MaxValue, MaxSession = int.MinValue };
    }

    public void Add(in Exchange exchange)
    {
        ref var session = ref SessionOf(in exchange);

        // Sessions repeat themselves: most often the profile is the one that came after the session's last one before, and looking is
        // cheaper than hashing.
        var guess = _profileNumbers.Count == 0 ? -1 : _profiles[session.Profile].Successor;
        var profile = Classify(in exchange, guess, out var textId, out var valuesId);
        profile.Ordinal = Step(session.Ordinal, exchange.Ordinal, canBeNone: false);
        profile.Batch = Step(session.Batch, exchange.Batch, canBeNone: true);
        ref var state = ref StateOf(ref profile, guess, ref session);

        WriteTimes(in exchange, in profile);
        WriteRequest(in exchange, ref state, textId);
        WriteValues(in exchange, ref state, valuesId);
        WriteNumbers(in exchange, ref state, ref session);
        CountIn(in exchange);
    }

    /// <summary>Lays the block's payload out: the number of exchanges, the lengths of the streams, the streams.</summary>
    public void Write(ByteBuffer destination)
    {
        destination.WriteVarInt((ulong)_header.Count);
        foreach (var stream in _streams)
        {
            destination.WriteVarInt((ulong)stream.Length);
        }

        foreach (var stream in _streams)
        {
            destination.Write(stream.Written);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static StepMode Step(int last, int current, bool canBeNone)
    {
        if (canBeNone && current == -1)
        {
            return StepMode.None;
        }

        return unchecked(current - last) switch
        {
            1 => StepMode.Next,
            0 => StepMode.Same,
            _ => StepMode.InStream,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ByteBuffer Stream(ExchangeStream stream) => _streams[(int)stream];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref SessionState SessionOf(in Exchange exchange)
    {
        var number = _sessionNumbers.FindOrAdd(exchange.Session, out var isNew);
        if (isNew)
        {
            if (number == _sessions.Length)
            {
                Array.Resize(ref _sessions, number * 2);
            }

            // What it had "before" is chosen so that its first exchange here is the next.
            var before = unchecked(new SessionState { Number = exchange.Session, Ordinal = exchange.Ordinal - 1, Batch = exchange.Batch == -1 ? -1 : exchange.Batch - 1 });
            var stream = Stream(ExchangeStream.Sessions);
            stream.WriteSigned((long)before.Number - (number == 0 ? 0 : _sessions[number - 1].Number));
            stream.WriteSigned(before.Ordinal);
            stream.WriteSigned(before.Batch);
            _sessions[number] = before;
        }

        Stream(ExchangeStream.SessionNumbers).WriteVarInt((ulong)number);
        return ref _sessions[number];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ProfileState StateOf(ref ExchangeProfile profile, int guess, ref SessionState session)
    {
        var isNew = false;
        var number = guess >= 0 && _profileNumbers.Is(ref profile, guess) ? guess : _profileNumbers.FindOrAdd(ref profile, out isNew);
        if (isNew)
        {
            if (number == _profiles.Length)
            {
                Array.Resize(ref _profiles, number * 2);
            }

            _profiles[number].Reset(profile);
            profile.Write(Stream(ExchangeStream.Profiles));
            Bytes += Unsafe.SizeOf<ExchangeProfile>();
        }

        _profiles[session.Profile].Successor = number;
        session.Profile = number;
        Stream(ExchangeStream.ProfileNumbers).WriteVarInt((ulong)number);
        return ref _profiles[number];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteTimes(in Exchange exchange, in ExchangeProfile profile)
    {
        unchecked
        {
            Stream(ExchangeStream.Ends).WriteSigned(exchange.EndedAtMicroseconds - _lastEnded);
            _lastEnded = exchange.EndedAtMicroseconds;
            Stream(ExchangeStream.Latencies).WriteSigned(exchange.EndedAtMicroseconds - exchange.StartedAtMicroseconds);
            if (profile.FirstByte == FirstByteMode.InStream)
            {
                Stream(ExchangeStream.FirstBytes).WriteSigned(exchange.EndedAtMicroseconds - exchange.FirstByteAtMicroseconds);
            }

            if (profile.WasQueued)
            {
                Stream(ExchangeStream.Queued).WriteSigned(exchange.StartedAtMicroseconds - exchange.RequestedAtMicroseconds);
            }
        }
    }

    // The request without the text that is in the table and the lengths that follow from its own.
    private void WriteRequest(in Exchange exchange, ref ProfileState state, int textId)
    {
        var request = exchange.Request;
        ref readonly var profile = ref state.Profile;
        if (profile.Text is TextMode.CutOut or TextMode.Apart)
        {
            Stream(ExchangeStream.TextIds).WriteSigned(textId - (long)state.TextId);
            state.TextId = textId;
        }
        else if (profile.Text == TextMode.ApartInBlock)
        {
            WriteBlob(exchange.Text);
        }

        var (skipFrom, skipTo) = RequestFraming.LengthField(profile.Framing);
        if (skipTo > 0 || profile.Text == TextMode.CutOut)
        {
            _stripped.Clear();
            _stripped.Write(request[..skipFrom]);
            if (profile.Text == TextMode.CutOut)
            {
                _stripped.Write(request[skipTo..exchange.TextOffset]);
                _stripped.Write(request[(exchange.TextOffset + exchange.Text.Length)..]);
            }
            else
            {
                _stripped.Write(request[skipTo..]);
            }

            request = _stripped.Written;
        }

        var stored = state.Request.Write(request, Stream(ExchangeStream.RequestLengths), Stream(ExchangeStream.RequestBytes));
        Bytes += stored;
        if (profile.Text == TextMode.InRequest)
        {
            if (profile.TextTail < 0)
            {
                var tail = exchange.Request.Length - exchange.TextOffset - exchange.Text.Length;
                Stream(ExchangeStream.Numbers).WriteSigned(unchecked(tail - state.TextTail));
                state.TextTail = tail;
            }

            NoteText(exchange.Text, stored);
        }
    }

    // A text that was seen before, and that is not cheap to store here, goes into the table for the next time.
    private void NoteText(ReadOnlySpan<byte> text, int stored)
    {
        if (stored > CheapDifferenceBytes && text.Length > CheapDifferenceBytes && _texts.SeenBefore(_textHash))
        {
            _texts.Add(text, _textHash);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteValues(in Exchange exchange, ref ProfileState state, int valuesId)
    {
        ref readonly var profile = ref state.Profile;
        if (profile.Values == BytesMode.Table)
        {
            Stream(ExchangeStream.TextIds).WriteSigned(valuesId - (long)state.ValuesId);
            state.ValuesId = valuesId;
        }
        else if (profile.Values == BytesMode.Difference)
        {
            var stored = state.Values.Write(exchange.Values, Stream(ExchangeStream.ValueLengths), Stream(ExchangeStream.ValueBytes));
            Bytes += stored;
            NoteValues(exchange.Values, stored);
        }

        if (profile.Hash is HashMode.OneRow or HashMode.Both)
        {
            Stream(ExchangeStream.Hashes).WriteUInt64(exchange.SetHash);
        }

        if (profile.Hash == HashMode.Both)
        {
            Stream(ExchangeStream.Hashes).WriteUInt64(exchange.SequenceHash);
        }

        if (profile.HasNormalHashes)
        {
            Stream(ExchangeStream.Hashes).WriteUInt32(exchange.NormalSetHash);
            Stream(ExchangeStream.Hashes).WriteUInt32(exchange.NormalSequenceHash);
        }

        foreach (var hash in exchange.ColumnHashes)
        {
            Stream(ExchangeStream.ColumnHashes).WriteUInt32(hash);
        }
    }

    private void NoteValues(ReadOnlySpan<byte> values, int stored)
    {
        if (_valuesHash != 0 && stored >= MinTableValueBytes && _valueBytes + values.Length <= _maxValueBytes && _texts.SeenBefore(_valuesHash) && _texts.Add(values, _valuesHash) >= 0)
        {
            _valueBytes += values.Length;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountIn(in Exchange exchange)
    {
        _header.Count++;
        _header.Low = Math.Min(_header.Low, exchange.StartedAtMicroseconds);
        _header.High = Math.Max(_header.High, exchange.EndedAtMicroseconds);
        _header.MinSession = Math.Min(_header.MinSession, exchange.Session);
        _header.MaxSession = Math.Max(_header.MaxSession, exchange.Session);
        _header.SessionBits |= 1UL << (exchange.Session & 63);
        Bytes += TypicalNumberBytes + (4 * exchange.ColumnHashes.Length);
    }
}
