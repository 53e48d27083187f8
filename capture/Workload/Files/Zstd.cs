using System.Runtime.InteropServices;

namespace Replay.Workload;

/// <summary>The few functions of libzstd that are used. Manual: <see href="https://facebook.github.io/zstd/zstd_manual.html"/>.</summary>
internal static partial class Zstd
{
    // The name of the run-time package's file: the one without a version comes with the development package only.
    private const string Library = "libzstd.so.1";

    /// <summary>The most bytes that compressing <paramref name="size"/> bytes can yield.</summary>
    public static int CompressBound(int size) => checked((int)ZSTD_compressBound((nuint)size));

    /// <summary>Whether a result is an error; then <see cref="ErrorName"/> tells which.</summary>
    public static bool IsError(nuint result) => ZSTD_isError(result) != 0;

    public static string ErrorName(nuint result) => Marshal.PtrToStringUTF8(ZSTD_getErrorName(result)) ?? "unknown error";

    /// <summary>A <see cref="WorkloadException"/> if the library cannot be loaded.</summary>
    public static void Require()
    {
        try
        {
            _ = ZSTD_versionNumber();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new WorkloadException($"{Library} cannot be loaded: install it (Debian and Ubuntu: apt install libzstd1; Fedora: dnf install libzstd)", e);
        }
    }

    [LibraryImport(Library)]
    public static partial nint ZSTD_createCCtx();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(Library)]
    public static unsafe partial nuint ZSTD_compressCCtx(nint context, byte* destination, nuint capacity, byte* source, nuint size, int level);

    [LibraryImport(Library)]
    public static partial nint ZSTD_createDCtx();

    [LibraryImport(Library)]
    public static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(Library)]
    public static unsafe partial nuint ZSTD_decompressDCtx(nint context, byte* destination, nuint capacity, byte* source, nuint size);

    [LibraryImport(Library)]
    private static partial uint ZSTD_versionNumber();

    [LibraryImport(Library)]
    private static partial nuint ZSTD_compressBound(nuint size);

    [LibraryImport(Library)]
    private static partial uint ZSTD_isError(nuint result);

    [LibraryImport(Library)]
    private static partial nint ZSTD_getErrorName(nuint result);
}
