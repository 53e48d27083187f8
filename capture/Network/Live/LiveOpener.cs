namespace Replay.Network.Live;

/// <summary>Opens an interface and says in one line why it cannot be.</summary>
internal static unsafe class LiveOpener
{
    // The kernel hands out a block of 256 KiB when it is full or this old: with 10 ms the 256 blocks of the default ring held 2.5 s however little
    // came in, and the first seconds of a busy capture (cold code) lost packets.
    private const int BatchMilliseconds = 100;
    private const int MinBufferBytes = 2 * 1024 * 1024;

    public static LivePacketSource Open(
        LiveCaptureOptions options, ServerPorts? ports, Func<PcapHandle, string, string?, LivePacketSource> make)
    {
        PcapHandle? handle = null;
        try
        {
            handle = Create(options.Interface);
            string? warning = Activate(handle, options);
            string filter = ports is null ? options.Filter : CaptureFilter.For(ports, (LinkType)LibPcap.DataLink(handle));
            Filter(handle, options.Interface, filter);
            var source = make(handle, options.Interface, warning);
            handle = null;
            return source;
        }
        catch (DllNotFoundException e)
        {
            throw new LiveCaptureException("Live capture needs libpcap, which is not installed: apt install libpcap0.8.", e);
        }
        finally
        {
            handle?.Dispose();
        }
    }

    private static PcapHandle Create(string name)
    {
        byte* error = stackalloc byte[LibPcap.ErrorBufferLength];
        var handle = LibPcap.Create(name, error);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw new LiveCaptureException($"Interface {name} cannot be opened: {LibPcap.Text(error)}.");
        }

        return handle;
    }

    private static string? Activate(PcapHandle handle, LiveCaptureOptions options)
    {
        LibPcap.SetSnapLength(handle, options.SnapLength);
        LibPcap.SetPromiscuous(handle, options.IsPromiscuous ? 1 : 0);
        LibPcap.SetTimeout(handle, BatchMilliseconds);
        LibPcap.SetBufferSize(handle, Math.Max(options.BufferBytes, MinBufferBytes));
        var status = LibPcap.Activate(handle);
        if (status < PcapStatus.Done)
        {
            throw new LiveCaptureException(Explain(handle, options.Interface, status));
        }

        // poll() decides how long to wait: libpcap's own timeout does not end a wait without packets on Linux.
        byte* error = stackalloc byte[LibPcap.ErrorBufferLength];
        if (LibPcap.SetNonBlocking(handle, 1, error) != 0)
        {
            throw new LiveCaptureException($"Interface {options.Interface} cannot be opened: {LibPcap.Text(error)}.");
        }

        string remark = LibPcap.ErrorOf(handle);
        return status == PcapStatus.Done ? null : $"{options.Interface}: {(remark.Length > 0 ? remark : status.ToString())}";
    }

    private static string Explain(PcapHandle handle, string name, PcapStatus status) => status switch
    {
        PcapStatus.NoSuchDevice => $"There is no interface {name}; there are: {string.Join(", ", Interfaces())}.",
        PcapStatus.PermissionDenied or PcapStatus.PromiscuousPermissionDenied =>
            $"No permission to capture on {name}: run as root, or give the program CAP_NET_RAW (setcap cap_net_raw+ep).",
        PcapStatus.InterfaceNotUp => $"Interface {name} is down: ip link set {name} up.",
        _ => $"Interface {name} cannot be opened: {LibPcap.ErrorOf(handle)} ({(int)status}).",
    };

    private static IEnumerable<string> Interfaces()
    {
        const string Folder = "/sys/class/net";
        var paths = Directory.Exists(Folder) ? Directory.EnumerateFileSystemEntries(Folder) : [];
        var names = paths.Select(path => Path.GetFileName(path));
        return names.Order(StringComparer.Ordinal).Append("any");
    }

    private static void Filter(PcapHandle handle, string name, string filter)
    {
        if (filter.Length > 0 && !TryCompile(handle, filter, static (handle, program) => LibPcap.SetFilter(handle, program) == 0))
        {
            throw new LiveCaptureException($"The filter \"{filter}\" is refused: {LibPcap.ErrorOf(handle)}.");
        }

        if (IsLoopback(name))
        {
            // Each packet passes the tap going out and coming in. libpcap leaves out the former, but only after they have taken up room
            // in the ring. The filter goes to the kernel directly: libpcap would run it on the first block of packets itself as well,
            // where the direction is not known, and lose them. Should the kernel refuse, what libpcap does is enough.
            string inbound = filter.Length == 0 ? "inbound" : $"inbound and ({filter})";
            int descriptor = LibPcap.GetSelectableDescriptor(handle);
            TryCompile(handle, inbound, (_, program) => SocketFilter.TryAttach(descriptor, program));
        }
    }

    private static bool IsLoopback(string name)
    {
        const int FlagLoopback = 0x8;
        string path = $"/sys/class/net/{name}/flags";
        try
        {
            return File.Exists(path) && (Convert.ToInt32(File.ReadAllText(path).Trim(), 16) & FlagLoopback) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            return false;
        }
    }

    private static bool TryCompile(PcapHandle handle, string filter, FilterUse use)
    {
        BpfProgram program;
        if (LibPcap.Compile(handle, &program, filter, 1, LibPcap.NetmaskUnknown) != 0)
        {
            return false;
        }

        try
        {
            return use(handle, &program);
        }
        finally
        {
            LibPcap.FreeCode(&program);
        }
    }

    private delegate bool FilterUse(PcapHandle handle, BpfProgram* program);
}
