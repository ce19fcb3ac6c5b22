"""Parameters that make a run of each lab small, by the lab's name."""

PARAMETERS = {
    "01_codebase_tour": {
        "sentence": "a pen",
        "writer": 3,
        "lines_per_epoch": 16,
        "epochs": 1,
        "ogham_epochs": 1,
        "num_test": 10,
        "many_writers": 3,
    },
    "02_single_character": {
        "num_writers": 5,
        "num_study": 128,
        "study_epochs": 1,
        "filters": [4, 4, 8, 8, 8],
        "epochs": 1,
        "details": {
            "steps": ["augmented"],
            "extra_strokes": 1,
            "label_smoothing": 0.1,
            "lstm_size": 4,
        },
    },
    "03_line_recognizer": {
        "num_writers": 10,
        "lines_per_epoch": 64,
        "epochs": 1,
        "num_test": 20,
        "details": {
            "num_texts": 300,
            "num_validation": 60,
            "num_glyphs": 300,
            "network": {"frame_width": 8, "filters": [8, 16, 32], "lstm_size": 32},
        },
    },
    "04_tracking_experiments": {
        "wandb_mode": "disabled",
        "num_writers": 5,
        "lines_per_epoch": 32,
        "epochs": 2,
        "other_batch_size": 16,
        "sweep_batch_sizes": [8],  # the run that is killed, alone
        "sweep_learning_rates": [1e-3],
        "filters": [4, 4, 8],
        "fixed_lines": 8,
    },
    "05_experimentation": {
        "ideas": ["an LSTM"],
        "seeds": 2,
        "num_writers": 5,
        "lines_per_epoch": 24,
        "epochs": 1,
    },
    "10_pen_strokes": {
        "num_writers": 5,
        "epochs": 1,
        "growing_epochs": 1,
        "iterations": 40,
        "num_draws": 4,
        "num_lines": 40,
        "line_epochs": 1,
        "line_image_epochs": 1,
    },
    "06_line_detector": {
        "num_writers": 4,
        "num_pages": 20,
        "num_test": 2,
        "train_on_pages": 4,
        "reader_lines": 40,
    },
}
