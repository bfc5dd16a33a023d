package io.tillstream.identity;

import com.nimbusds.jwt.SignedJWT;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A browser's way through the sign-in, step by step, so that tests can leave a step out. */
final class SignIn {
    static final String REDIRECT = "http://127.0.0.1:8080/";
    private static final String VERIFIER = "v".repeat(64);
    private static final JsonMapper JSON = new JsonMapper();

    private final String base;
    private final HttpClient http = HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    SignIn(String base) {
        this.base = base;
    }

    /** Where the sign-in sends the browser in the end: the redirect URI with a code or an error. */
    URI authorize(String user, String scope, boolean withProofKey) throws Exception {
        return authorize(user, question(scope, REDIRECT, withProofKey));
    }

    URI authorize(String user, String scope, String redirect) throws Exception {
        return authorize(user, question(scope, redirect, true));
    }

    int statusOfAuthorize(String redirect) throws Exception {
        return get(question("openid", redirect, true)).statusCode();
    }

    private URI question(String scope, String redirect, boolean withProofKey) throws Exception {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("response_type", "code");
        query.put("client_id", "tillstream-web");
        query.put("redirect_uri", redirect);
        query.put("scope", scope);
        query.put("state", "xyz");
        if (withProofKey) {
            query.put("code_challenge", challenge());
            query.put("code_challenge_method", "S256");
        }
        return URI.create(base + "/oauth2/authorize?" + form(query));
    }

    private URI authorize(String user, URI authorize) throws Exception {
        HttpResponse<String> answer = get(authorize);
        URI next = location(answer);
        if (!next.getPath().equals("/login")) {
            return next;
        }
        return location(get(location(login(user, user + "-password"))));
    }

    HttpResponse<String> login(String user, String password) throws Exception {
        Matcher csrf = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"")
                .matcher(get(URI.create(base + "/login")).body());
        if (!csrf.find()) {
            throw new AssertionError("no login form");
        }
        return post("/login", Map.of("username", user, "password", password, "_csrf", csrf.group(1)), null);
    }

    JsonNode token(String user, String scope) throws Exception {
        String query = authorize(user, scope, true).getQuery();
        Matcher code = Pattern.compile("code=([^&]+)").matcher(query);
        if (!code.find()) {
            throw new AssertionError("no code in " + query);
        }
        Map<String, String> form = Map.of(
                "grant_type",
                "authorization_code",
                "client_id",
                "tillstream-web",
                "redirect_uri",
                REDIRECT,
                "code",
                code.group(1),
                "code_verifier",
                VERIFIER);
        return JSON.readTree(post("/oauth2/token", form, null).body());
    }

    HttpResponse<String> post(String path, Map<String, String> form, String basic) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form(form)));
        if (basic != null) {
            String credentials = Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8));
            request.header("Authorization", "Basic " + credentials);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Whether a browser would let a page of the origin read the answer. */
    boolean mayFetch(String path, String origin) throws Exception {
        HttpRequest asked = HttpRequest.newBuilder(URI.create(base + path))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .build();
        return http.send(asked, HttpResponse.BodyHandlers.ofString())
                .headers()
                .firstValue("Access-Control-Allow-Origin")
                .map(origin::equals)
                .orElse(false);
    }

    HttpResponse<String> get(URI uri) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri)
                        .header("Accept", "text/html,*/*;q=0.5")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static Map<String, Object> claims(String token) throws Exception {
        return SignedJWT.parse(token).getJWTClaimsSet().getClaims();
    }

    private URI location(HttpResponse<String> answer) {
        String location = answer.headers()
                .firstValue("Location")
                .orElseThrow(() -> new AssertionError(answer.statusCode() + " " + answer.body()));
        return URI.create(base).resolve(location);
    }

    private static String challenge() throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
