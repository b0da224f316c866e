package twinstream;

import com.microsoft.windowsazure.Configuration;
import com.microsoft.windowsazure.services.media.MediaConfiguration;
import com.microsoft.windowsazure.services.media.MediaContract;
import com.microsoft.windowsazure.services.media.MediaService;
import com.microsoft.windowsazure.services.media.authentication.AzureAdClientSymmetricKey;
import com.microsoft.windowsazure.services.media.authentication.AzureAdTokenCredentials;
import com.microsoft.windowsazure.services.media.authentication.AzureAdTokenProvider;
import com.microsoft.windowsazure.services.media.authentication.AzureEnvironment;
import java.net.URI;
import java.util.concurrent.ExecutorService;

/** Connects to an account the way the library's documentation shows: an Azure AD application with a key. */
final class Account {
  private Account() {}

  /** Reads where the account is, and who asks, from environment variables with a prefix. */
  static MediaContract connect(String prefix, ExecutorService executor) throws Exception {
    AzureEnvironment environment =
        new AzureEnvironment(
            new URI(setting(prefix, "AUTHORITY")),
            "https://rest.media.azure.net",
            "d476653d-842c-4f52-862d-397463ada5e7",
            new URI("https://AzureMediaServicesNativeSDK"));
    AzureAdClientSymmetricKey key =
        new AzureAdClientSymmetricKey(setting(prefix, "CLIENT_ID"), setting(prefix, "CLIENT_KEY"));
    AzureAdTokenProvider tokens =
        new AzureAdTokenProvider(
            new AzureAdTokenCredentials("tenant.test", key, environment), executor);
    Configuration configuration =
        MediaConfiguration.configureWithAzureAdTokenProvider(
            Configuration.load(), new URI(setting(prefix, "API")), tokens);
    return MediaService.create(configuration);
  }

  private static String setting(String prefix, String name) {
    String value = System.getenv(prefix + "_" + name);
    if (value == null) throw new IllegalStateException(prefix + "_" + name + " is not set");
    return value;
  }
}
