/// Names that other tools use for the names of this one. Components that declare their own aliases,
/// such as metrics, are not listed here; see ``Suggestion/hint(for:among:aliases:)``.
enum Synonyms {
  /// Names of this program by synonym, most likely first. Synonyms are folded as ``Suggestion``
  /// compares names. Only names that are valid in a context are suggested.
  private static let table: [String: [String]] = {
    var table: [String: [String]] = [:]
    for (meant, words) in all {
      for word in words.split(separator: " ") {
        table[fold(String(word)), default: []].append(meant)
      }
    }
    return table
  }()

  private static let all: [(meant: String, words: String)] = [
    // Sections and settings.
    ("lr", "learning_rate lr_rate learn_rate eta step_size base_lr initial_lr init_lr lr0 alpha"),
    ("batch_size", "batch bs mini_batch minibatch_size batch_sz train_batch_size n_batch"),
    ("epochs", "epoch num_epochs n_epochs nb_epoch max_epochs nepochs num_train_epochs"),
    ("max_steps", "steps max_iter max_iters iterations num_steps num_iterations"),
    ("seed", "random_seed random_state manual_seed rng rng_seed"),
    ("optimizer", "optim opt solver optimiser"),
    ("schedule", "scheduler lr_scheduler lr_schedule learning_rate_schedule sched"),
    ("loss", "criterion loss_fn loss_function objective cost"),
    ("model", "network net architecture arch layers backbone_model modules"),
    ("metrics", "metric scores eval_metrics"),
    ("dataset", "data_set dataset_name data"),
    ("transforms", "transform augmentation augmentations augment preprocessing preprocess"),
    ("validation", "val valid val_split validation_split val_size valid_pct val_fraction dev"),
    ("folds", "kfold k_fold kfolds k_folds n_splits num_folds cv cross_validation k"),
    ("stratified", "stratify"),
    ("split", "splits partition"),
    ("limit", "max_examples max_samples subset sample_limit limit_train_batches"),
    ("early_stopping", "early_stop earlystopping es"),
    ("patience", "wait max_patience"),
    ("min_delta", "delta tolerance tol"),
    ("monitor", "metric_to_monitor watch track"),
    ("clip_grad_norm", "grad_clip gradient_clip_val gradient_clipping max_grad_norm clip clipnorm"),
    ("clip_grad_value", "clipvalue clip_value gradient_clip_value"),
    ("layer_decay", "layerwise_lr_decay layer_wise_lr_decay llrd lr_layer_decay layer_lr_decay"),
    ("no_decay", "no_weight_decay weight_decay_exclude exclude_from_weight_decay"),
    ("lr_multiplier", "lr_scale lr_mult lr_factor"),
    ("accumulate", "accumulate_grad_batches gradient_accumulation_steps grad_accumulation"),
    ("ema", "model_ema moving_average averaged_weights"),
    ("mixup", "mixup_alpha mix_up"),
    ("cutmix", "cutmix_alpha cut_mix"),
    ("swa", "stochastic_weight_averaging weight_averaging averaged_model"),
    ("start_epoch", "swa_start swa_epoch_start"),
    ("weight_decay", "wd decay l2 l2_penalty regularization weight_decay_rate"),
    ("precision", "amp mixed_precision fp16 bf16 half"),
    ("device", "gpu cuda accelerator gpus"),
    ("threads", "num_threads n_jobs cpus"),
    ("weights", "checkpoint pretrained init_from load_from ckpt state_dict"),
    ("freeze", "frozen freeze_backbone trainable"),
    ("extends", "base inherit defaults include parent"),
    ("nesterov", "nesterov_momentum"),
    ("betas", "beta beta1 beta2"),
    ("label_smoothing", "smoothing smooth"),
    ("warmup_epochs", "warmup warm_up warmup_steps"),
    // Losses, optimizers, schedules.
    ("cross_entropy", "ce xent crossentropyloss categorical_crossentropy nll_loss softmax_loss"),
    ("bce_with_logits", "bce binary_crossentropy binary_cross_entropy bcewithlogitsloss"),
    ("mse", "mse_loss mean_squared_error l2_loss"),
    ("sgd", "momentum_sgd gd"),
    ("reduce_on_plateau", "plateau reduce_lr_on_plateau reducelronplateau"),
    ("one_cycle", "onecyclelr"),
    ("cosine_restarts", "sgdr warm_restarts cosine_warm_restarts cosineannealingwarmrestarts"),
    ("polynomial", "poly polynomiallr"),
    ("cyclic", "cycliclr clr triangular"),
    ("cosine", "cosineannealing cosine_annealing cosineannealinglr"),
    // Layers, their arguments and transforms.
    ("linear", "dense fc fully_connected affine"),
    ("conv2d", "conv convolution convolution2d"),
    ("max_pool2d", "maxpool maxpooling maxpooling2d"),
    ("avg_pool2d", "avgpool averagepooling2d mean_pool"),
    ("batch_norm2d", "batchnorm bn batchnormalization norm2d"),
    ("global_avg_pool", "gap globalaveragepooling2d"),
    ("out_features", "units size hidden hidden_size neurons out_dim width num_outputs"),
    ("out_channels", "filters channels features out_ch"),
    ("kernel_size", "kernel ksize filter_size window"),
    ("stride", "strides"),
    ("p", "rate prob probability dropout_rate drop"),
    ("normalize", "standardize normalise"),
    ("random_horizontal_flip", "flip hflip horizontal_flip fliplr"),
    ("random_rotation", "rotate rotation"),
    ("to_tensor", "totensor tensor scale_to_unit"),
    ("folder", "path root dir directory data_dir"),
  ]

  /// The most likely of `candidates` that `name` is a synonym of; `nil` if there is none.
  static func known(for name: String, among candidates: Set<String>) -> String? {
    names(for: name).first(where: candidates.contains)
  }

  static func names(for name: String) -> [String] { table[fold(name)] ?? [] }

  private static func fold(_ name: String) -> String {
    String(name.lowercased().filter { $0 != "_" && $0 != "-" })
  }
}
