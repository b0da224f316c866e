package twinstream;

import com.microsoft.windowsazure.exception.ServiceException;
import com.microsoft.windowsazure.services.media.MediaContract;
import com.microsoft.windowsazure.services.media.WritableBlobContainerContract;
import com.microsoft.windowsazure.services.media.models.AccessPolicy;
import com.microsoft.windowsazure.services.media.models.AccessPolicyInfo;
import com.microsoft.windowsazure.services.media.models.AccessPolicyPermission;
import com.microsoft.windowsazure.services.media.models.Asset;
import com.microsoft.windowsazure.services.media.models.AssetFile;
import com.microsoft.windowsazure.services.media.models.AssetFileInfo;
import com.microsoft.windowsazure.services.media.models.AssetInfo;
import com.microsoft.windowsazure.services.media.models.Job;
import com.microsoft.windowsazure.services.media.models.JobInfo;
import com.microsoft.windowsazure.services.media.models.JobState;
import com.microsoft.windowsazure.services.media.models.Locator;
import com.microsoft.windowsazure.services.media.models.LocatorInfo;
import com.microsoft.windowsazure.services.media.models.LocatorType;
import com.microsoft.windowsazure.services.media.models.MediaProcessor;
import com.microsoft.windowsazure.services.media.models.MediaProcessorInfo;
import com.microsoft.windowsazure.services.media.models.Task;
import com.microsoft.windowsazure.services.media.models.TaskInfo;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Uploads a video, encodes it, publishes it in two accounts under one locator id, and cleans up. Prints a line
 * `name=value` for each thing that the test looks at; ends with an error where the library does not get what it
 * needs.
 */
public final class Workflow {
  private static final String NAME = "from Java: it's <a> & \"b\"\r\n";
  private static final long JOB_TIMEOUT_MILLISECONDS = 120_000;

  private final MediaContract media;

  private Workflow(MediaContract media) {
    this.media = media;
  }

  public static void main(String[] arguments) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      Workflow source = new Workflow(Account.connect("SOURCE", executor));
      Workflow target = new Workflow(Account.connect("TARGET", executor));
      AssetInfo input = source.upload(Paths.get(System.getenv("CLIP")));
      AssetInfo output = source.encode(input);
      String manifest = source.makePrimary(output);
      LocatorInfo published = source.publish(output, null);
      AssetInfo replica = target.media.create(Asset.create().setName(output.getName()));
      target.createFileInfos(replica);
      LocatorInfo republished = target.publish(replica, published.getId());
      print("manifest", manifest);
      print("path", published.getPath());
      print("replicaPath", republished.getPath());
      print("sameId", published.getId().equals(republished.getId()));
      source.refusals();
      source.pages();
      source.cleanUp(input);
    } finally {
      executor.shutdown();
    }
  }

  private AssetInfo upload(Path clip) throws Exception {
    AssetInfo asset = media.create(Asset.create().setName(NAME).setAlternateId("java"));
    require("a name with all kinds of characters", NAME.equals(asset.getName()));
    AccessPolicyInfo policy =
        media.create(AccessPolicy.create("java", 60, EnumSet.of(AccessPolicyPermission.WRITE)));
    LocatorInfo locator =
        media.create(Locator.create(policy.getId(), asset.getId(), LocatorType.SAS));
    WritableBlobContainerContract blobs = media.createBlobWriter(locator);
    try (InputStream content = Files.newInputStream(clip)) {
      blobs.createBlockBlob("clip.mp4", content);
    }
    createFileInfos(asset);
    media.delete(Locator.delete(locator.getId()));
    media.delete(AccessPolicy.delete(policy.getId()));
    List<AssetFileInfo> files = media.list(AssetFile.list(asset.getAssetFilesLink()));
    require("one file", files.size() == 1 && files.get(0).getName().equals("clip.mp4"));
    require("its size", files.get(0).getContentFileSize() == Files.size(clip));
    return asset;
  }

  private void createFileInfos(AssetInfo asset) throws ServiceException {
    media.action(AssetFile.createFileInfos(asset.getId()));
  }

  private AssetInfo encode(AssetInfo input) throws Exception {
    MediaProcessorInfo processor =
        media.list(MediaProcessor.list().set("$filter", "Name eq 'Media Encoder Standard'")).get(0);
    require("a version", Double.parseDouble(processor.getVersion()) >= 1);
    String body =
        "<taskBody><inputAsset>JobInputAsset(0)</inputAsset>"
            + "<outputAsset assetName=\"java output\">JobOutputAsset(0)</outputAsset></taskBody>";
    JobInfo job =
        media.create(
            Job.create()
                .setName("java job")
                .setPriority(3)
                .addInputMediaAsset(input.getId())
                .addTaskCreator(
                    Task.create(processor.getId(), body)
                        .setName("java task")
                        .setConfiguration("Adaptive Streaming")));
    require("a fresh job", job.getState() == JobState.Queued || job.getStartTime() != null);
    JobInfo ended = follow(job.getId());
    print("jobState", ended.getState());
    TaskInfo task = media.list(Task.list(ended.getTasksLink())).get(0);
    require("a task's progress", task.getProgress() == 100);
    require("a task's history", task.getHistoricalEvents().size() >= 2);
    require("a task's scheme", task.getEncryptionScheme().equals("None"));
    List<AssetInfo> inputs = media.list(Asset.list(ended.getInputAssetsLink()));
    require("the job's input", inputs.get(0).getId().equals(input.getId()));
    return media.list(Asset.list(ended.getOutputAssetsLink())).get(0);
  }

  private JobInfo follow(String id) throws Exception {
    long end = System.currentTimeMillis() + JOB_TIMEOUT_MILLISECONDS;
    JobInfo job = media.get(Job.get(id));
    while (job.getState().getCode() < JobState.Finished.getCode()) {
      require("the job to end in time", System.currentTimeMillis() < end);
      Thread.sleep(200);
      job = media.get(Job.get(id));
    }
    return job;
  }

  private String makePrimary(AssetInfo output) throws ServiceException {
    for (AssetFileInfo file : media.list(AssetFile.list(output.getAssetFilesLink()))) {
      if (!file.getName().endsWith(".ism")) continue;
      media.update(AssetFile.update(file.getId()).setIsPrimary(true));
      require("a primary file", media.get(AssetFile.get(file.getId())).getIsPrimary());
      return file.getName();
    }
    throw new IllegalStateException("The output has no .ism file");
  }

  private LocatorInfo publish(AssetInfo asset, String id) throws ServiceException {
    AccessPolicyInfo policy =
        media.create(AccessPolicy.create("play", 60, EnumSet.of(AccessPolicyPermission.READ)));
    Locator.Creator creator =
        Locator.create(policy.getId(), asset.getId(), LocatorType.OnDemandOrigin)
            .setStartDateTime(new Date(System.currentTimeMillis() - 300_000));
    LocatorInfo made = media.create(id == null ? creator : creator.setId(id));
    Date start = new Date(1_700_000_000_000L);
    media.update(Locator.update(made.getId()).setStartDateTime(start));
    LocatorInfo read = media.list(Locator.list(asset.getLocatorsLink())).get(0);
    require("the new start", read.getStartTime().equals(start));
    require("the policy", read.getAccessPolicyId().equals(policy.getId()));
    return read;
  }

  private void refusals() {
    print("missing", statusOf(() -> media.get(Asset.get(zeros("cid")))));
    print("malformed", statusOf(() -> media.get(Locator.get("notAValidId"))));
    print(
        "refusedJob",
        statusOf(() -> media.create(Job.create().setName("x").addInputMediaAsset(zeros("cid")))));
    print("refusedPolicy", statusOf(() -> media.create(AccessPolicy.create("x", -1, NONE))));
  }

  private void pages() throws ServiceException {
    for (int number = 0; number < 3; number++) media.create(Asset.create().setName("page"));
    List<AssetInfo> page =
        media.list(Asset.list().set("$filter", "Name eq 'page'").setTop(2).setSkip(1));
    print("page", page.size());
  }

  private void cleanUp(AssetInfo asset) throws ServiceException {
    media.update(Asset.update(asset.getId()).setName("renamed").setAlternateId("again"));
    require("the new name", media.get(Asset.get(asset.getId())).getName().equals("renamed"));
    media.delete(Asset.delete(asset.getId()));
    print("deleted", statusOf(() -> media.get(Asset.get(asset.getId()))));
  }

  private static final EnumSet<AccessPolicyPermission> NONE =
      EnumSet.noneOf(AccessPolicyPermission.class);

  private interface Call {
    Object make() throws ServiceException;
  }

  private static String statusOf(Call call) {
    try {
      call.make();
      return "nothing refused";
    } catch (ServiceException error) {
      return error.getHttpStatusCode() + " " + ((error.getMessage() != null));
    }
  }

  private static String zeros(String kind) {
    return "nb:" + kind + ":UUID:00000000-0000-0000-0000-000000000000";
  }

  private static void require(String what, boolean holds) {
    if (!holds) throw new IllegalStateException("The library did not get " + what);
  }

  private static void print(String name, Object value) {
    System.out.println(name + "=" + value);
  }
}
