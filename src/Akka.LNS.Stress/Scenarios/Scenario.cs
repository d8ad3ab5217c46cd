namespace Akka.LNS.Stress.Scenarios;

/// <summary>A named script: what the subscribers do, step by step, and what must hold.</summary>
internal abstract class Scenario
{
    public static readonly IReadOnlyList<Scenario> All =
    [
        new Published(), new Breakdown(), new Limits(), new UpAndDown(), new Redial(), new RadiusDown(), new RadiusSlow(), new Flap(), new Fuzz(),
    ];

    public abstract string Name { get; }
    /// <summary>One line.</summary>
    public abstract string Summary { get; }
    /// <summary>Subscribers unless said otherwise.</summary>
    public virtual int Sessions => 9_000;
    /// <summary>Callers that come on top of these.</summary>
    public virtual int Extra(int sessions) => 0;
    /// <summary>Settings of the LNS that the scenario starts itself.</summary>
    public virtual IReadOnlyList<string> LnsSettings(int sessions) => [];

    /// <summary>Plays it; on the generator's thread. The tunnels are open before and are closed behind it.</summary>
    public abstract void Play(Stage stage);
}

/// <summary>What was stated, and what came.</summary>
internal sealed record Expectation(string What, bool Held, string Found);
