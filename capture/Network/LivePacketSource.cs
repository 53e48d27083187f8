using Replay.Network.Live;

namespace Replay.Network;

/// <summary>Packets of a network interface, by libpcap. Needs CAP_NET_RAW.</summary>
/// <remarks>
/// Packets are read where the kernel put them: nothing is copied. <see cref="TryNext"/> waits at most 100 ms, so the caller's loop can do
/// its chores and <see cref="Stop"/> takes effect. The kernel shows each packet on the loopback interface twice, going out and coming
/// in; only the latter pass the filter, in the kernel, so they use up no room in the ring and the drop counters count packets once.
/// On <c>any</c>, and with bridges, the same packet can be seen on several interfaces: reassembly takes the second for a repetition.
/// </remarks>
public sealed unsafe class LivePacketSource : PacketSource
{
    private const int WaitMilliseconds = 100;

    /// <summary>The kernel hands over packets in blocks; after this time the block that was open at the end has been closed.</summary>
    private const long LastBlockMicroseconds = 250_000;

    /// <summary>Asking for the counters is a system call: not after each packet.</summary>
    private const long StatisticsIntervalMilliseconds = 200;

    private readonly PcapHandle _handle;
    private readonly string _interface;
    private readonly int _descriptor;
    private PcapStatistics _last;
    private long _statisticsDueMilliseconds;
    private long _stoppedAtMicroseconds = long.MaxValue;

    private LivePacketSource(PcapHandle handle, string @interface)
    {
        _handle = handle;
        _interface = @interface;
        _descriptor = LibPcap.GetSelectableDescriptor(handle);
        LinkType = (LinkType)LibPcap.DataLink(handle);
    }

    /// <inheritdoc/>
    public override LinkType LinkType { get; }

    /// <inheritdoc/>
    public override bool IsLive => true;

    /// <summary>What <c>pcap_activate</c> or the filter had to remark, in one line; null if nothing.</summary>
    public string? Warning { get; private init; }

    /// <summary>Opens an interface.</summary>
    /// <param name="interface">Its name, or <c>any</c>.</param>
    /// <param name="filter">In the language of pcap-filter(7).</param>
    /// <param name="bufferBytes">Size of the kernel's ring.</param>
    /// <exception cref="LiveCaptureException">It cannot be opened.</exception>
    public static LivePacketSource Open(string @interface, string filter = "", int bufferBytes = LiveCaptureOptions.DefaultBufferBytes) =>
        Open(new LiveCaptureOptions { Interface = @interface, Filter = filter, BufferBytes = bufferBytes });

    /// <summary>Opens an interface for the traffic of the given servers.</summary>
    /// <exception cref="LiveCaptureException">It cannot be opened.</exception>
    public static LivePacketSource Open(string @interface, ServerPorts ports, int bufferBytes = LiveCaptureOptions.DefaultBufferBytes) =>
        LiveOpener.Open(new LiveCaptureOptions { Interface = @interface, BufferBytes = bufferBytes }, ports, Make);

    /// <summary>Opens an interface.</summary>
    /// <exception cref="LiveCaptureException">It cannot be opened.</exception>
    public static LivePacketSource Open(LiveCaptureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return LiveOpener.Open(options, null, Make);
    }

    /// <inheritdoc/>
    public override bool TryNext(out CapturedPacket packet)
    {
        packet = default;
        if (IsEnded)
        {
            return false;
        }

        if (TryFetch(out packet))
        {
            return true;
        }

        long stoppedAt = Interlocked.Read(ref _stoppedAtMicroseconds);
        if (IsEnded || (stoppedAt != long.MaxValue && NowMicroseconds() > stoppedAt + LastBlockMicroseconds))
        {
            IsEnded = true;
            ReadStatistics();
            return false;
        }

        ReadStatisticsIfDue();
        _ = Poll.WaitForInput(_descriptor, stoppedAt == long.MaxValue ? WaitMilliseconds : 1);
        return TryFetch(out packet);
    }

    /// <summary>
    /// Ends the capture: packets up to now are still delivered, then <see cref="PacketSource.IsEnded"/> is set. Any thread may call it.
    /// </summary>
    public void Stop() => Interlocked.CompareExchange(ref _stoppedAtMicroseconds, NowMicroseconds(), long.MaxValue);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _handle.Dispose();
        }

        base.Dispose(disposing);
    }

    private static LivePacketSource Make(PcapHandle handle, string @interface, string? warning) =>
        new(handle, @interface) { Warning = warning };

    private bool TryFetch(out CapturedPacket packet)
    {
        PcapPacketHeader* header;
        byte* data;
        int result = LibPcap.NextPacket(_handle, &header, &data);
        if (result == 1)
        {
            long at = header->Seconds * 1_000_000L + header->Microseconds;
            if (at > Interlocked.Read(ref _stoppedAtMicroseconds))
            {
                IsEnded = true;
                ReadStatistics();
                packet = default;
                return false;
            }

            int captured = (int)header->CapturedLength;
            CountDelivered(captured, header->OriginalLength > header->CapturedLength);
            packet = new CapturedPacket(
                LinkType,
                at,
                (int)Math.Min(header->OriginalLength, int.MaxValue),
                new ReadOnlySpan<byte>(data, captured));
            if ((Counters.Delivered & 0xFFF) == 0)
            {
                ReadStatisticsIfDue();
            }

            return true;
        }

        if (result < 0)
        {
            IsEnded = true;
            Problem = $"Capture on {_interface} ended: {LibPcap.ErrorOf(_handle)}.";
        }

        packet = default;
        return false;
    }

    private static long NowMicroseconds() => DateTime.UtcNow.Subtract(DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private void ReadStatisticsIfDue()
    {
        if (Environment.TickCount64 >= _statisticsDueMilliseconds)
        {
            ReadStatistics();
        }
    }

    private void ReadStatistics()
    {
        _statisticsDueMilliseconds = Environment.TickCount64 + StatisticsIntervalMilliseconds;
        PcapStatistics now;
        if (LibPcap.Statistics(_handle, &now) == 0)
        {
            // 32-bit counters: the differences survive their wrapping.
            Counters.DroppedByKernel += now.Dropped - _last.Dropped;
            Counters.DroppedByInterface += now.DroppedByInterface - _last.DroppedByInterface;
            _last = now;
        }
    }
}
