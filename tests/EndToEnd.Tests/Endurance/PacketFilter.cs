using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Endurance;

/// <summary>Drops packets of one loopback port for a while, by nftables.</summary>
internal static class PacketFilter
{
    /// <summary>Drops all that goes to and comes from a port.</summary>
    public static async Task DropAsync(int port, TimeSpan time)
    {
        var table = $"replay_cut_{port}";
        await NftAsync($"add table inet {table}");
        try
        {
            await NftAsync($"add chain inet {table} input {{ type filter hook input priority 0; }}");
            await NftAsync($"add rule inet {table} input iifname lo tcp dport {port} drop");
            await NftAsync($"add rule inet {table} input iifname lo tcp sport {port} drop");
            await Task.Delay(time);
        }
        finally
        {
            await NftAsync($"delete table inet {table}");
        }
    }

    private static async Task NftAsync(string command) => (await ProcessRunner.RunAsync("nft", command.Split(' '))).Expect();
}

/// <summary>A test that drops packets: where nft may.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PacketFilterFactAttribute : FactAttribute
{
    public PacketFilterFactAttribute() => Skip = Allowed.Value ? null : "nft (nftables) is not installed, or may not change this machine's packet filter";

    private static readonly Lazy<bool> Allowed = new(() =>
    {
        try
        {
            const string Probe = "replay_probe";
            return Nft("add", "table", "inet", Probe) && Nft("delete", "table", "inet", Probe);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    });

    private static bool Nft(params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("nft", arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
