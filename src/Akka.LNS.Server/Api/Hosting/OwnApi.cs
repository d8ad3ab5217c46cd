using System.Net;
using System.Security.Claims;
using Akka.LNS.Client;
using Akka.LNS.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Akka.LNS.Server.Node;
using Akka.LNS.Server.Api.Authentication;
using Akka.LNS.Server.Api.Guard;

namespace Akka.LNS.Server.Api.Hosting;

/// <summary>
/// Sends requests of the dashboard through the pipeline of the API: roles, checks, audit lines and Problem Details apply.
/// </summary>
internal sealed class OwnApi(RunningConfiguration configuration, RequestGuard guard, IServiceScopeFactory scopes) : IOwnApi
{
    private readonly IServiceScopeFactory _scopes = scopes;
    private readonly TaskCompletionSource<RequestDelegate> _pipeline = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sets the pipeline. Earlier requests wait for it.</summary>
    public RequestDelegate Use(RequestDelegate pipeline)
    {
        _pipeline.TrySetResult(pipeline);
        return pipeline;
    }

    public async Task<ClaimsPrincipal?> FindAsync(string token, IPAddress? from, CancellationToken cancellation)
    {
        if (ApiAuthentication.Find(configuration.Settings.Api, token) is { } found)
            return ApiAuthentication.Caller(found.Name, found.Role, found.Sha256.Value);
        await guard.FailedAsync(ApiRefusal.UnknownToken, from, cancellation);
        return null;
    }

    public HttpMessageHandler Connect(Func<ClaimsPrincipal?> caller, IPAddress? from) => new Handler(this, caller, from);

    public async Task ForwardCsvAsync(Func<ClaimsPrincipal?> caller, HttpContext from, string path)
    {
        ArgumentNullException.ThrowIfNull(from);
        var pipeline = await _pipeline.Task.WaitAsync(from.RequestAborted);
        var context = NewContext(caller(), from.Connection.RemoteIpAddress, from.RequestAborted);
        context.Features.Set(from.Features.Get<IHttpResponseFeature>());
        context.Features.Set(from.Features.Get<IHttpResponseBodyFeature>());
        var (asked, by) = (context.Request, from.Request);
        (asked.Method, asked.Scheme, asked.Host, asked.Path, asked.QueryString, asked.Protocol) =
            (by.Method, by.Scheme, by.Host, path, by.QueryString, by.Protocol);
        asked.Headers.Accept = Csv.MediaType;
        await RunAsync(pipeline, context);
    }

    private static async Task RunAsync(RequestDelegate pipeline, HttpContext context)
    {
        try
        {
            await pipeline(context);
        }
        finally
        {
            if (context.Features.Get<IServiceProvidersFeature>() is IAsyncDisposable services) await services.DisposeAsync();
        }
    }

    private DefaultHttpContext NewContext(ClaimsPrincipal? caller, IPAddress? from, CancellationToken cancellation)
    {
        var context = new DefaultHttpContext { ServiceScopeFactory = _scopes, RequestAborted = cancellation };
        context.Features.Set(new OwnCaller(caller));
        context.Connection.RemoteIpAddress = from;
        return context;
    }

    private sealed class Handler(OwnApi api, Func<ClaimsPrincipal?> caller, IPAddress? from) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var pipeline = await api._pipeline.Task.WaitAsync(cancellationToken);
            var context = api.NewContext(caller(), from, cancellationToken);
            var uri = request.RequestUri!;
            var asked = context.Request;
            (asked.Method, asked.Scheme, asked.Host, asked.Path, asked.QueryString, asked.Protocol) =
                (request.Method.Method, uri.Scheme, HostString.FromUriComponent(uri), PathString.FromUriComponent(uri),
                    QueryString.FromUriComponent(uri), HttpProtocol.Http11);
            foreach (var (name, values) in request.Headers) asked.Headers[name] = values.ToArray();
            if (request.Content is { } content)
            {
                foreach (var (name, values) in content.Headers) asked.Headers[name] = values.ToArray();
                asked.Body = await content.ReadAsStreamAsync(cancellationToken);
                asked.ContentLength = asked.Body.Length;
                context.Features.Set<IHttpRequestBodyDetectionFeature>(HasBody.Yes);
            }
            var body = new MemoryStream();
            context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
            await RunAsync(pipeline, context);
            await context.Response.CompleteAsync();
            body.Position = 0;
            var response = new HttpResponseMessage((HttpStatusCode)context.Response.StatusCode)
            {
                RequestMessage = request,
                Content = new StreamContent(body)
            };
            foreach (var (name, values) in context.Response.Headers)
                if (!response.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                    response.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            return response;
        }
    }

    private sealed class HasBody : IHttpRequestBodyDetectionFeature
    {
        public static readonly HasBody Yes = new();
        public bool CanHaveBody => true;
    }
}
