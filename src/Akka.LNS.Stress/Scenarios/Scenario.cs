namespace Akka.LNS.Stress.Scenarios;

/// <summary>A named script: the steps of the subscribers and the expectations.</summary>
internal abstract class Scenario
{
    public static readonly IReadOnlyList<Scenario> All =
    [
        new Published(), new Breakdown(), new Limits(), new UpAndDown(), new Redial(), new RadiusDown(), new RadiusSlow(), new Flap(),
        new Fuzz(), new WrongPasswords(), new SlowPath(),
    ];

    public abstract string Name { get; }
    /// <summary>One line for the help text.</summary>
    public abstract string Summary { get; }
    /// <summary>Default number of subscribers.</summary>
    public virtual int Sessions => 9_000;
    /// <summary>Number of additional callers.</summary>
    public virtual int Extra(int sessions) => 0;
    /// <summary>Settings of the LNS that lns-stress starts for the scenario.</summary>
    public virtual IReadOnlyList<string> LnsSettings(int sessions) => [];

    /// <summary>Plays the scenario on the thread of the generator. Its caller opens the tunnels; the scenario closes them.</summary>
    public abstract void Play(Stage stage);
}

/// <summary>One expectation and its result.</summary>
internal sealed record Expectation(string What, bool Held, string Found);
